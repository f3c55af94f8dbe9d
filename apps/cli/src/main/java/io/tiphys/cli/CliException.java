package io.tiphys.cli;

/** Something the user can mend; the message is all that is shown. */
public final class CliException extends RuntimeException {
  public CliException(String message) {
    super(message);
  }

  public CliException(String message, Throwable cause) {
    super(message, cause);
  }
}
