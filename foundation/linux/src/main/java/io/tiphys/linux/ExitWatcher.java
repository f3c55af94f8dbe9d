package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;

/**
 * Tells when processes end, children of this one or not: one loop that polls pidfds, so nothing is
 * asked again and again and no number is mistaken for a later process of the same number. A loop
 * that fails starts over with the same processes: no end is missed.
 */
public final class ExitWatcher implements Lifecycle {
  private static final long PIDFD_OPEN = 434; // the same number on every architecture
  private static final int EFD_CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final int POLLFD_BYTES = 8;

  private final ThreadFactory tellers;
  private final int wake;

  /** What to do when a process has ended, by its pidfd. */
  private final Map<Integer, Runnable> watched = new LinkedHashMap<>();

  private final Loops.Loop loop;
  private boolean closed;

  private ExitWatcher(Loops loops, ThreadFactory tellers) {
    this.tellers = tellers;
    wake = Libc.check(Libc.call("eventfd", 0, EFD_CLOEXEC), "make an event descriptor");
    loop = loops.startOnPlatform("exit-watcher", this::tellOfEnds);
  }

  /** Starts the loop. */
  public static ExitWatcher open(Loops loops) {
    return open(loops, Thread.ofVirtual().name("process-exit").factory());
  }

  /**
   * @param tellers makes the thread that is told of one end
   */
  static ExitWatcher open(Loops loops, ThreadFactory tellers) {
    return new ExitWatcher(loops, tellers);
  }

  /**
   * Runs {@code onExit} on a virtual thread once the process has ended, at once if there is none.
   */
  public void watch(int pid, Runnable onExit) {
    int fd = Libc.call("syscall", PIDFD_OPEN, pid, 0);
    if (fd == -Errno.ESRCH || fd == -Errno.EINVAL) {
      tell(onExit);
      return;
    }
    Libc.check(fd, "watch process " + pid);
    synchronized (this) {
      if (closed) {
        Libc.close(fd);
        return;
      }
      watched.put(fd, onExit);
      wakeUp();
    }
  }

  private void tell(Runnable onExit) {
    tellers.newThread(onExit).start();
  }

  /** Under the lock: by the time the descriptor is closed, nobody writes to it any more. */
  private void wakeUp() {
    try (Arena arena = Arena.ofConfined()) {
      Libc.call("write", wake, Libc.longs(arena, 1), 8);
    }
  }

  private void tellOfEnds() {
    while (!isClosed()) {
      awaitEnds(descriptors()).forEach(this::ended);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized List<Integer> descriptors() {
    return List.copyOf(watched.keySet());
  }

  private synchronized void ended(int fd) {
    Runnable onExit = watched.get(fd);
    if (onExit != null) {
      tell(onExit);
      // Only now: had there been no thread to be told, the next run would find it ended again.
      watched.remove(fd);
      Libc.close(fd);
    }
  }

  /** Blocks until a process ends or someone wakes the thread; returns the ready pidfds. */
  private List<Integer> awaitEnds(List<Integer> fds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polls = arena.allocate((long) POLLFD_BYTES * (fds.size() + 1), 8);
      for (int i = 0; i <= fds.size(); i++) {
        polls.set(ValueLayout.JAVA_INT, (long) i * POLLFD_BYTES, i == 0 ? wake : fds.get(i - 1));
        polls.set(ValueLayout.JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
      }
      Libc.check(
          Libc.callAgain("poll", polls.address(), fds.size() + 1, -1), "wait for processes to end");
      if (polls.get(ValueLayout.JAVA_SHORT, 6) != 0) {
        Libc.call("read", wake, Libc.longs(arena, 0), 8);
      }
      return IntStream.range(0, fds.size())
          .filter(i -> polls.get(ValueLayout.JAVA_SHORT, (i + 1L) * POLLFD_BYTES + 6) != 0)
          .mapToObj(fds::get)
          .toList();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      wakeUp();
    }
    loop.close();
    watched.keySet().forEach(Libc::close);
    Libc.close(wake);
  }
}
