package io.tiphys.server.audit;

import io.tiphys.server.authentication.Requests;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events for tests. */
final class Events {
  static final User ANN = new User("ann", "", List.of("devs"), Map.of());

  private Events() {}

  /** One event about {@code GET path}. */
  static AuditEvent of(String path) {
    Request request = Requests.of("GET", path, ANN);
    return AuditEvent.of(
        AuditLog.Wanted.METADATA,
        AuditEvent.Stage.RECEIVED,
        request,
        ANN,
        null,
        Instant.parse("2026-01-01T00:00:00.120Z"));
  }
}
