package io.tiphys.server.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.util.List;

/** Audit events on the process's own output, one a line. */
public record AuditStream(PrintStream out, boolean legacy) implements AuditLog {
  @Override
  public boolean record(List<AuditEvent> events) {
    for (AuditEvent event : events) {
      out.println(legacy ? EventLine.of(event) : new String(EventJson.of(event), UTF_8));
    }
    return !out.checkError();
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void close() {
    out.flush();
  }
}
