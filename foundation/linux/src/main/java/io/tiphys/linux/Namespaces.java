package io.tiphys.linux;

import io.tiphys.base.Invariant;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces kept alive by files instead of processes.
 *
 * <p>A thread, not a process, has namespaces. So each piece of work in other namespaces runs on a
 * platform thread of its own that ends with it: nothing has to be undone, and no thread of the JVM
 * ever returns to a pool in the wrong namespace. The work must not start threads (a new thread,
 * even a carrier of virtual ones, is born in its creator's namespaces); sockets and files it opens
 * may leave with it and keep belonging to the namespace.
 */
public final class Namespaces {
  /** A kind of namespace that a file can pin without a process in it. */
  public enum Kind {
    NETWORK("net", 0x40000000),
    IPC("ipc", 0x08000000),
    UTS("uts", 0x04000000),
    MOUNT("mnt", 0x00020000);

    private final String file;
    private final int cloneFlag;

    Kind(String file, int cloneFlag) {
      this.file = file;
      this.cloneFlag = cloneFlag;
    }
  }

  private static final int CLONE_FS = 0x200;

  private Namespaces() {}

  /**
   * Makes new namespaces and pins each to its file, which is created.
   *
   * @throws LinuxFailure if not permitted; nothing is left behind then
   */
  public static void create(Map<Kind, Path> pins) {
    create(pins, () -> {});
  }

  /** As {@link #create(Map)}, after running {@code inside} in the new namespaces. */
  public static void create(Map<Kind, Path> pins, Runnable inside) {
    onOwnThread(
        () -> {
          int flags = 0;
          for (Kind kind : pins.keySet()) {
            flags |= kind.cloneFlag;
          }
          Libc.check(Libc.call("unshare", flags), "make namespaces " + pins.keySet());
          inside.run();
          pinAll(pins);
          return null;
        });
  }

  private static void pinAll(Map<Kind, Path> pins) throws IOException {
    List<Path> done = new ArrayList<>();
    try {
      for (Map.Entry<Kind, Path> pin : pins.entrySet()) {
        Files.createFile(pin.getValue());
        done.add(pin.getValue());
        Path self = Path.of("/proc/thread-self/ns", pin.getKey().file);
        Mounts.mount(self.toString(), pin.getValue(), "", Mounts.BIND, "");
      }
    } catch (IOException | RuntimeException e) {
      done.forEach(Namespaces::delete);
      throw e;
    }
  }

  /** Unpins the namespace: it ends with its last process. Does nothing if there is no such file. */
  public static void delete(Path pin) {
    Mounts.detachAll(pin);
    try {
      Files.deleteIfExists(pin);
    } catch (IOException e) {
      throw new LinuxFailure("delete namespace " + pin, e);
    }
  }

  /** Whether {@code pin} holds a namespace (a plain file is left after a reboot). */
  public static boolean exists(Path pin) {
    return Mounts.isMountPoint(pin);
  }

  /** Runs {@code work} on a thread of its own inside the network namespace {@code pin}. */
  public static <T extends @Nullable Object> T inNetwork(Path pin, Callable<T> work) {
    return in(Map.of(Kind.NETWORK, pin), work);
  }

  /**
   * Runs {@code work} on a thread of its own inside the given namespaces, each named by a pinning
   * file or by {@code /proc/PID/ns/KIND}; waits for the answer. An unchecked exception comes back
   * as it is, a checked one as the cause of a {@link LinuxFailure}.
   */
  public static <T extends @Nullable Object> T in(Map<Kind, Path> namespaces, Callable<T> work) {
    return onOwnThread(
        () -> {
          for (Map.Entry<Kind, Path> entry : namespaces.entrySet()) {
            enter(entry.getKey(), entry.getValue());
          }
          return work.call();
        });
  }

  /** Makes namespaces of every kind and lets them go at once; fails if the kernel refuses. */
  static void tryUnshare() {
    onOwnThread(
        () -> {
          int flags = 0;
          for (Kind kind : Kind.values()) {
            flags |= kind.cloneFlag;
          }
          return Libc.check(Libc.call("unshare", flags), "make namespaces");
        });
  }

  private static void enter(Kind kind, Path file) {
    if (kind == Kind.MOUNT) {
      Libc.check(Libc.call("unshare", CLONE_FS), "unshare the working directory");
    }
    int fd = Libc.open(file, Libc.O_RDONLY);
    try {
      Libc.check(Libc.call("setns", fd, kind.cloneFlag), "enter namespace " + file);
    } finally {
      Libc.close(fd);
    }
  }

  /** Names the host of the calling thread's UTS namespace. */
  public static void setHostname(String name) {
    try (Arena arena = Arena.ofConfined()) {
      var bytes = arena.allocateFrom(name);
      int result = Libc.call("sethostname", bytes.address(), bytes.byteSize() - 1);
      Libc.check(result, "set hostname " + name);
    }
  }

  /** Runs {@code work} on a platform thread that ends with it. */
  static <T extends @Nullable Object> T onOwnThread(Callable<T> work) {
    Outcome<T> outcome = new Outcome<>(work);
    Thread thread = Thread.ofPlatform().daemon().name("namespace-visit").start(outcome);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return outcome.get();
  }

  private static final class Outcome<T extends @Nullable Object> implements Runnable {
    private final Callable<T> work;
    private @Nullable T value;
    private @Nullable Throwable failure;
    private boolean done;

    Outcome(Callable<T> work) {
      this.work = work;
    }

    @Override
    public void run() {
      try {
        value = work.call();
      } catch (Throwable e) {
        failure = e;
      }
      done = true;
    }

    @SuppressWarnings("NullAway") // null only where T itself allows it
    T get() {
      Invariant.check(done, "the thread ended after its work");
      return switch (failure) {
        case null -> value;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new LinuxFailure("work in a namespace", failure);
      };
    }
  }
}
