package io.tiphys.store;

/** The store could not do its work: full disk, damaged files, closed. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** What stands in the way, as far as it makes a difference to whoever asks. */
  public enum Reason {
    /** The disk is full: the same write succeeds once there is space again. */
    NO_SPACE,
    /** The store is closed, or being closed. */
    CLOSED,
    /** The store did not answer in time, or not at all; nothing was changed. */
    UNAVAILABLE,
    /**
     * The store did not answer in time: what was asked for may have happened, or may happen yet.
     */
    UNKNOWN,
    /** Anything else; the message says what. */
    FAILED
  }

  public StoreException(String message) {
    this(Reason.FAILED, message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
    reason = Reason.FAILED;
  }

  public StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public StoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The same failure with the trace of the thread that meets it. */
  public StoreException(StoreException cause) {
    super(cause.getMessage(), cause);
    reason = cause.reason;
  }

  public static StoreException closed() {
    return new StoreException(Reason.CLOSED, "the store is closed");
  }

  public Reason reason() {
    return reason;
  }
}
