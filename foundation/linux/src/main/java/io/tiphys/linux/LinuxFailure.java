package io.tiphys.linux;

/** The kernel refused something; the message says what was asked for and why it was refused. */
public final class LinuxFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * @param what what was asked for, such as {@code mount /a on /b}
   * @param errno the kernel's error number, see {@link Errno}; 0 when the refusal has none
   */
  public LinuxFailure(String what, int errno) {
    super(errno == 0 ? what : what + ": " + Errno.describe(errno));
    this.errno = errno;
  }

  LinuxFailure(String what, int errno, String reason) {
    super(what + ": " + Errno.describe(errno) + (reason.isEmpty() ? "" : ": " + reason));
    this.errno = errno;
  }

  LinuxFailure(String what, Throwable cause) {
    super(what + ": " + cause.getMessage(), cause);
    this.errno = 0;
  }

  /** The kernel's error number, 0 if there was none. */
  public int errno() {
    return errno;
  }
}
