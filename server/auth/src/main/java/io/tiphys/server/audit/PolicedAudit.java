package io.tiphys.server.audit;

import io.tiphys.server.http.Request;
import java.util.List;

/** A log that hears of the requests that a policy names. */
public record PolicedAudit(AuditPolicy policy, AuditLog log) implements AuditLog {
  @Override
  public boolean record(List<AuditEvent> events) {
    return log.record(events);
  }

  @Override
  public Wanted wanted(Request request) {
    return policy.of(request);
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
