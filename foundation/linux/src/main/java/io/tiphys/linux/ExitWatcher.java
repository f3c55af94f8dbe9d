package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells when processes end, children of this one or not: one thread that polls pidfds, so nothing
 * is asked again and again and no number is mistaken for a later process of the same number.
 */
public final class ExitWatcher implements Lifecycle {
  private static final long PIDFD_OPEN = 434; // the same number on every architecture
  private static final int EFD_CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final int POLLFD_BYTES = 8;

  private final int wake;
  private final Thread thread;
  private final Map<Integer, Runnable> added = new LinkedHashMap<>();
  private boolean closed;

  private ExitWatcher() {
    wake = Libc.check(Libc.call("eventfd", 0, EFD_CLOEXEC), "make an event descriptor");
    thread = Thread.ofPlatform().daemon().name("exit-watcher").unstarted(this::loop);
  }

  /** Starts the thread. */
  public static ExitWatcher open() {
    ExitWatcher watcher = new ExitWatcher();
    watcher.thread.start();
    return watcher;
  }

  /**
   * Runs {@code onExit} on a virtual thread once the process has ended, at once if there is none.
   */
  public void watch(int pid, Runnable onExit) {
    int fd = Libc.call("syscall", PIDFD_OPEN, pid, 0);
    if (fd == -Errno.ESRCH || fd == -Errno.EINVAL) {
      run(onExit);
      return;
    }
    Libc.check(fd, "watch process " + pid);
    synchronized (this) {
      if (closed) {
        Libc.close(fd);
        return;
      }
      added.put(fd, onExit);
    }
    wakeUp();
  }

  private static void run(Runnable onExit) {
    Thread.ofVirtual().name("process-exit").start(onExit);
  }

  private void wakeUp() {
    try (Arena arena = Arena.ofConfined()) {
      Libc.call("write", wake, Libc.longs(arena, 1), 8);
    }
  }

  private void loop() {
    Map<Integer, Runnable> watched = new HashMap<>();
    while (takeAdded(watched)) {
      for (int fd : await(List.copyOf(watched.keySet()))) {
        Runnable onExit = watched.remove(fd);
        Libc.close(fd);
        if (onExit != null) {
          run(onExit);
        }
      }
    }
    watched.keySet().forEach(Libc::close);
    Libc.close(wake);
  }

  private synchronized boolean takeAdded(Map<Integer, Runnable> watched) {
    watched.putAll(added);
    added.clear();
    return !closed;
  }

  /** Blocks until a process ends or someone wakes the thread; returns the ready pidfds. */
  private List<Integer> await(List<Integer> fds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polls = arena.allocate((long) POLLFD_BYTES * (fds.size() + 1), 8);
      for (int i = 0; i <= fds.size(); i++) {
        polls.set(ValueLayout.JAVA_INT, (long) i * POLLFD_BYTES, i == 0 ? wake : fds.get(i - 1));
        polls.set(ValueLayout.JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
      }
      Libc.callAgain("poll", polls.address(), fds.size() + 1, -1);
      if (polls.get(ValueLayout.JAVA_SHORT, 6) != 0) {
        Libc.call("read", wake, Libc.longs(arena, 0), 8);
      }
      return java.util.stream.IntStream.range(0, fds.size())
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
      // Under the lock: the thread closes the descriptor once it has seen the flag.
      wakeUp();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
