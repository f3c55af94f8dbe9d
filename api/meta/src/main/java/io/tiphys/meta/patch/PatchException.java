package io.tiphys.meta.patch;

/** A patch that cannot be read or does not apply; the message is what kube-apiserver reports. */
public final class PatchException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** How the request is answered. */
  public enum Kind {
    /** 400. */
    BAD_REQUEST,
    /** 422, the patch is well-formed but does not apply to this object. */
    UNPROCESSABLE,
    /** 413. */
    TOO_LARGE,
    /** 500, as upstream answers where it did not foresee the mistake. */
    INTERNAL
  }

  private final Kind kind;

  PatchException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
