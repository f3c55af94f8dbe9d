package io.tiphys.server.http;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the stages of one request learn about it that its audit events tell. A request that is
 * handled once more, on a thread that may wait, goes on with the same notes. Nothing is noted
 * before somebody wants to know. Thread-safe.
 */
public final class AuditNotes {
  private Map<String, String> annotations = Map.of();
  private @Nullable Instant received;
  private Detail detail = Detail.METADATA;
  private @Nullable User impersonated;
  private String constraint = "";
  private @Nullable ObjectMeta object;
  private @Nullable Status status;
  private byte @Nullable [] requestObject;
  private byte @Nullable [] responseObject;

  /** How much events tell, each more than the one before. */
  public enum Detail {
    METADATA,
    /** The object of the request too. */
    REQUEST,
    /** The object of the answer too. */
    REQUEST_RESPONSE
  }

  /**
   * The request is looked at.
   *
   * @return whether for the first time
   */
  public synchronized boolean begin(Instant now, Detail wanted) {
    boolean first = received == null;
    if (first) {
      received = now;
      detail = wanted;
      annotations = new TreeMap<>();
    }
    return first;
  }

  /** Whether the request has come so far that its events tell of it. */
  public synchronized boolean begun() {
    return received != null;
  }

  /** Whether the object of the answer is told. */
  public synchronized boolean tellsResponse() {
    return received != null && detail == Detail.REQUEST_RESPONSE;
  }

  /** The first value of a key stands, as upstream's addAuditAnnotationLocked has it. */
  public synchronized void annotate(String key, String value) {
    if (received != null) {
      annotations.putIfAbsent(key, value);
    }
  }

  /**
   * The request acts as this user.
   *
   * @param verb of the constrained impersonation that allowed it; empty for the plain one
   */
  public synchronized void impersonated(User user, String verb) {
    impersonated = user;
    constraint = verb;
  }

  /**
   * The request sent an object.
   *
   * @param metadata of it
   * @param json the object, with defaults; asked for only if events tell it
   */
  public synchronized void sent(ObjectMeta metadata, Supplier<byte[]> json) {
    object = metadata;
    sentJson(json);
  }

  /** The request sent something that has no metadata, such as a patch. */
  public synchronized void sentJson(Supplier<byte[]> json) {
    if (received != null && detail != Detail.METADATA) {
      requestObject = json.get();
    }
  }

  /** The answer is this status, rather than an object. */
  public synchronized void answered(Status answer) {
    status = answer;
  }

  /** The object of the answer, as JSON; asked for only if events tell it. */
  public void answered(Supplier<byte[]> json) {
    if (tellsResponse()) {
      byte[] made = json.get();
      synchronized (this) {
        responseObject = made;
      }
    }
  }

  /** What is known by now. */
  public synchronized Known known() {
    return new Known(
        Collections.unmodifiableMap(new TreeMap<>(annotations)),
        received,
        impersonated,
        constraint,
        object,
        status,
        requestObject,
        responseObject);
  }

  /**
   * All notes at one moment.
   *
   * @param annotations by key
   * @param requestObject JSON; null when there is none or it is not told
   * @param responseObject JSON; null when there is none or it is not told
   */
  public record Known(
      Map<String, String> annotations,
      @Nullable Instant received,
      @Nullable User impersonated,
      String constraint,
      @Nullable ObjectMeta object,
      @Nullable Status status,
      byte @Nullable [] requestObject,
      byte @Nullable [] responseObject) {
    /** Without the objects, which are told not to be told. */
    public Known withoutObjects() {
      return new Known(annotations, received, impersonated, constraint, object, status, null, null);
    }

    /** With one annotation more. */
    public Known with(String key, String value) {
      Map<String, String> more = new TreeMap<>(annotations);
      more.put(key, value);
      return new Known(
          Collections.unmodifiableMap(more),
          received,
          impersonated,
          constraint,
          object,
          status,
          requestObject,
          responseObject);
    }
  }
}
