package io.tiphys.linux;

/** Signals to processes known by number. */
public final class Signals {
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGUSR2 = 12;
  public static final int SIGTERM = 15;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGWINCH = 28;

  private Signals() {}

  /**
   * Sends a signal.
   *
   * @return false if there is no such process
   */
  public static boolean send(int pid, int signal) {
    // kill(2) takes 0 and negative numbers for groups, -1 for everyone.
    if (pid <= 0) {
      throw new IllegalArgumentException("not a process: " + pid);
    }
    int result = Libc.call("kill", pid, signal);
    if (result == -Errno.ESRCH) {
      return false;
    }
    Libc.check(result, "signal " + signal + " to process " + pid);
    return true;
  }

  /** Whether the process is there, a zombie included. */
  public static boolean exists(int pid) {
    int result = Libc.call("kill", pid, 0);
    return result == 0 || result == -Errno.EPERM;
  }
}
