package io.tiphys.server.audit;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * A log that gets no event and no batch beyond a size: events lose their objects first, and are
 * left out if that does not help. Checked against plugin/pkg/audit/truncate of apiserver.
 */
record TruncatedAudit(long maxEventBytes, long maxBatchBytes, AuditLog log) implements AuditLog {
  private static final Logger LOG = System.getLogger(TruncatedAudit.class.getName());

  @Override
  public boolean record(List<AuditEvent> events) {
    boolean whole = true;
    List<AuditEvent> batch = new ArrayList<>();
    long bytes = 0;
    for (AuditEvent event : events) {
      AuditEvent kept = event;
      long size = size(kept);
      if (size > maxEventBytes && kept.level().compareTo(AuditLevel.REQUEST) >= 0) {
        kept = kept.truncated();
        size = size(kept);
      }
      if (size > maxEventBytes) {
        LOG.log(Level.ERROR, "an audit event is lost: it is too large even after truncating");
        continue;
      }
      if (!batch.isEmpty() && bytes + size > maxBatchBytes) {
        whole &= log.record(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      bytes += size;
      batch.add(kept);
    }
    return (batch.isEmpty() || log.record(batch)) && whole;
  }

  private static long size(AuditEvent event) {
    return EventJson.of(event).length;
  }

  @Override
  public boolean blocks() {
    return log.blocks();
  }

  @Override
  public void close() {
    log.close();
  }
}
