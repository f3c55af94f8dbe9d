package io.tiphys.store.etcd.grpc;

/** A call that failed, with gRPC's status. */
public final class GrpcException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public static final int CANCELLED = 1;
  public static final int UNKNOWN = 2;
  public static final int INVALID_ARGUMENT = 3;
  public static final int DEADLINE_EXCEEDED = 4;
  public static final int NOT_FOUND = 5;
  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int OUT_OF_RANGE = 11;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int UNAUTHENTICATED = 16;

  private final int code;
  private final boolean sent;

  public GrpcException(int code, String message) {
    this(code, message, true);
  }

  private GrpcException(int code, String message, boolean sent) {
    super(message);
    this.code = code;
    this.sent = sent;
  }

  /** The same failure of something without which the request itself was never sent. */
  public GrpcException beforeSending() {
    GrpcException failure = new GrpcException(code, String.valueOf(getMessage()), false);
    failure.initCause(getCause() == null ? this : getCause());
    return failure;
  }

  /** Whether the request may have reached a server. */
  public boolean mayHaveBeenSent() {
    return sent;
  }

  public int code() {
    return code;
  }

  /** Whether the server may have done what was asked, or may do so yet. */
  public boolean isUnclear() {
    return code == UNAVAILABLE
        || code == DEADLINE_EXCEEDED
        || code == CANCELLED
        || code == INTERNAL;
  }
}
