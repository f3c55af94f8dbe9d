package io.tiphys.node.cri;

import org.jspecify.annotations.Nullable;

/** Why a call of the contract failed: a gRPC status code and words for a person. */
public final class CriException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The gRPC status codes that runtimes use, with the same meaning. */
  public enum Code {
    /** There is no such sandbox, container or image. */
    NOT_FOUND,
    /** The name is taken. */
    ALREADY_EXISTS,
    /** The request can never succeed as it is. */
    INVALID_ARGUMENT,
    /** The thing is not in the state the request needs, such as exec in an exited container. */
    FAILED_PRECONDITION,
    /** The registry refuses these credentials, or asks for some. */
    UNAUTHENTICATED,
    /** The system refuses, whoever asks. */
    PERMISSION_DENIED,
    /** A named limit is reached. */
    RESOURCE_EXHAUSTED,
    /** It took longer than the request allowed. */
    DEADLINE_EXCEEDED,
    /** The engine or the registry cannot answer now; trying again may help. */
    UNAVAILABLE,
    /** This engine does not do that. */
    UNIMPLEMENTED,
    /** Anything else. */
    INTERNAL
  }

  private final Code code;

  public CriException(Code code, String message) {
    this(code, message, null);
  }

  public CriException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  public static CriException notFound(String message) {
    return new CriException(Code.NOT_FOUND, message);
  }

  public static CriException invalid(String message) {
    return new CriException(Code.INVALID_ARGUMENT, message);
  }
}
