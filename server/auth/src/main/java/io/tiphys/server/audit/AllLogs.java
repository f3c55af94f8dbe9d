package io.tiphys.server.audit;

import java.util.List;

/** Several places where every event goes. */
record AllLogs(List<AuditLog> logs) implements AuditLog {
  AllLogs {
    logs = List.copyOf(logs);
  }

  @Override
  public boolean record(List<AuditEvent> events) {
    boolean whole = true;
    for (AuditLog log : logs) {
      whole &= log.record(events);
    }
    return whole;
  }

  @Override
  public boolean blocks() {
    return logs.stream().anyMatch(AuditLog::blocks);
  }

  @Override
  public void close() {
    logs.forEach(AuditLog::close);
  }
}
