package io.tiphys.linux;

import java.util.Map;

/** The kernel's error numbers that callers tell apart, and their names for messages. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EPIPE = 32;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETUNREACH = 101;
  public static final int ENOBUFS = 105;
  public static final int ENOTCONN = 107;
  public static final int ECONNREFUSED = 111;

  private static final Map<Integer, String> TEXT =
      Map.ofEntries(
          Map.entry(EPERM, "EPERM (operation not permitted)"),
          Map.entry(ENOENT, "ENOENT (no such file or directory)"),
          Map.entry(ESRCH, "ESRCH (no such process)"),
          Map.entry(EINTR, "EINTR (interrupted system call)"),
          Map.entry(EIO, "EIO (input/output error)"),
          Map.entry(ENXIO, "ENXIO (no such device or address)"),
          Map.entry(E2BIG, "E2BIG (argument list too long)"),
          Map.entry(EBADF, "EBADF (bad file descriptor)"),
          Map.entry(EAGAIN, "EAGAIN (resource temporarily unavailable)"),
          Map.entry(ENOMEM, "ENOMEM (cannot allocate memory)"),
          Map.entry(EACCES, "EACCES (permission denied)"),
          Map.entry(EBUSY, "EBUSY (device or resource busy)"),
          Map.entry(EEXIST, "EEXIST (file exists)"),
          Map.entry(EXDEV, "EXDEV (invalid cross-device link)"),
          Map.entry(ENODEV, "ENODEV (no such device)"),
          Map.entry(ENOTDIR, "ENOTDIR (not a directory)"),
          Map.entry(EISDIR, "EISDIR (is a directory)"),
          Map.entry(EINVAL, "EINVAL (invalid argument)"),
          Map.entry(EMFILE, "EMFILE (too many open files)"),
          Map.entry(ENOSPC, "ENOSPC (no space left on device)"),
          Map.entry(EROFS, "EROFS (read-only file system)"),
          Map.entry(EPIPE, "EPIPE (broken pipe)"),
          Map.entry(ERANGE, "ERANGE (result too large)"),
          Map.entry(ENAMETOOLONG, "ENAMETOOLONG (file name too long)"),
          Map.entry(ENOSYS, "ENOSYS (function not implemented)"),
          Map.entry(ENOTEMPTY, "ENOTEMPTY (directory not empty)"),
          Map.entry(ELOOP, "ELOOP (too many levels of symbolic links)"),
          Map.entry(ENODATA, "ENODATA (no data available)"),
          Map.entry(EOPNOTSUPP, "EOPNOTSUPP (operation not supported)"),
          Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL (cannot assign requested address)"),
          Map.entry(ENETUNREACH, "ENETUNREACH (network is unreachable)"),
          Map.entry(ENOBUFS, "ENOBUFS (no buffer space available)"),
          Map.entry(ENOTCONN, "ENOTCONN (not connected)"),
          Map.entry(ECONNREFUSED, "ECONNREFUSED (connection refused)"));

  private Errno() {}

  /** The name and meaning of {@code errno}, or {@code errno N}. */
  public static String describe(int errno) {
    return TEXT.getOrDefault(errno, "errno " + errno);
  }
}
