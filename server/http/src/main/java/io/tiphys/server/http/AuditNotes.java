package io.tiphys.server.http;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the stages of one request learn about it that its audit events tell. A request that is
 * handled once more, on a thread that may wait, goes on with the same notes. Nothing is noted
 * before somebody wants to know. Thread-safe.
 */
public final class AuditNotes {
  private Map<String, String> annotations = Map.of();
  private @Nullable Instant received;
  private @Nullable User impersonated;
  private @Nullable ObjectMeta object;
  private @Nullable Status status;

  /**
   * The request is looked at.
   *
   * @return whether for the first time
   */
  public synchronized boolean begin(Instant now) {
    boolean first = received == null;
    if (first) {
      received = now;
      annotations = new TreeMap<>();
    }
    return first;
  }

  /** Whether the request has come so far that its events tell of it. */
  public synchronized boolean begun() {
    return received != null;
  }

  public synchronized void annotate(String key, String value) {
    if (received != null) {
      annotations.put(key, value);
    }
  }

  /** The request acts as this user. */
  public synchronized void impersonated(User user) {
    impersonated = user;
  }

  /** The request sent an object with this metadata. */
  public synchronized void sent(ObjectMeta metadata) {
    object = metadata;
  }

  /** The answer is this status, rather than an object. */
  public synchronized void answered(Status answer) {
    status = answer;
  }

  /** What is known by now. */
  public synchronized Known known() {
    return new Known(
        Collections.unmodifiableMap(new TreeMap<>(annotations)),
        received,
        impersonated,
        object,
        status);
  }

  /**
   * All notes at one moment.
   *
   * @param annotations by key
   */
  public record Known(
      Map<String, String> annotations,
      @Nullable Instant received,
      @Nullable User impersonated,
      @Nullable ObjectMeta object,
      @Nullable Status status) {}
}
