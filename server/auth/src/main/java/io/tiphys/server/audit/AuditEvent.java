package io.tiphys.server.audit;

import io.tiphys.api.meta.v1.Status;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event about a request: upstream's Event of audit.k8s.io/v1. Immutable, and holds nothing of
 * the connection, so that it may wait for its place in a log. Checked against
 * apis/audit/v1/types.go and audit/request.go of apiserver/pkg.
 *
 * @param uri the address as it was sent
 * @param user who asked; null when nobody knows
 * @param sourceIps where it came from; see {@link SourceAddresses}
 * @param status null before there is an answer
 * @param omitManagedFields whether objects are told without them
 */
public record AuditEvent(
    AuditLevel level,
    String auditId,
    Stage stage,
    String uri,
    RequestInfo info,
    @Nullable User user,
    List<String> sourceIps,
    String userAgent,
    @Nullable Status status,
    AuditNotes.Known notes,
    boolean omitManagedFields,
    Instant now) {
  /** Upstream's maxUserAgentLength. */
  private static final int MAX_USER_AGENT = 1024;

  private static final String CUT = "...TRUNCATED";

  /** What an event takes besides what its client sent: texts of metadata, a status. */
  private static final long BASE_BYTES = 2048;

  public AuditEvent {
    sourceIps = List.copyOf(sourceIps);
  }

  /** How far the request has come. */
  public enum Stage {
    RECEIVED("RequestReceived"),
    /** The answer has begun and goes on: watches, logs and sessions only. */
    STARTED("ResponseStarted"),
    COMPLETE("ResponseComplete"),
    PANIC("Panic");

    private final String text;

    Stage(String text) {
      this.text = text;
    }

    /** As policies and events write it. */
    public String text() {
      return text;
    }
  }

  static AuditEvent of(
      AuditLog.Wanted wanted,
      Stage stage,
      Request request,
      @Nullable User user,
      @Nullable Status status,
      Instant now) {
    String target = request.scope().target();
    return new AuditEvent(
        wanted.level(),
        request.scope().auditId(),
        stage,
        target.isEmpty() ? request.path() : target,
        request.info(),
        user,
        SourceAddresses.of(request),
        cut(request.headers().getOrDefault("user-agent", "")),
        status,
        request.scope().audit().known(),
        wanted.omitManagedFields(),
        now);
  }

  private static String cut(String agent) {
    return agent.length() <= MAX_USER_AGENT ? agent : agent.substring(0, MAX_USER_AGENT) + CUT;
  }

  /** The event as a log holds it, without a line end. */
  public byte[] toJson() {
    return EventJson.of(this);
  }

  /** When the request came; of the first stage that is its own time. */
  Instant received() {
    Instant noted = notes.received();
    return noted == null ? now : noted;
  }

  Instant reached() {
    return stage == Stage.RECEIVED ? received() : now;
  }

  /** The event without the objects, which says that they are missing. */
  AuditEvent truncated() {
    return new AuditEvent(
        level,
        auditId,
        stage,
        uri,
        info,
        user,
        sourceIps,
        userAgent,
        status,
        notes.withoutObjects().with("audit.k8s.io/truncated", "true"),
        omitManagedFields,
        now);
  }

  /** About as many bytes as it holds. */
  long size() {
    return BASE_BYTES
        + uri.length()
        + length(notes.requestObject())
        + length(notes.responseObject());
  }

  private static int length(byte @Nullable [] object) {
    return object == null ? 0 : object.length;
  }
}
