package io.tiphys.cli;

import io.tiphys.base.Clock;
import io.tiphys.linux.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Ends clusters: the process first, then what it looked after. */
final class Shutdown {
  /** Longer than any orderly end takes; a process that still lives after it hangs. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Shutdown() {}

  /**
   * Ends the process and its containers.
   *
   * @return whether a process was running
   */
  static boolean stop(Context context, Profile profile) throws Exception {
    if (!profile.exists()) {
      return false;
    }
    Optional<DaemonRecord> last = DaemonRecord.last(profile);
    Optional<ProcessHandle> running = DaemonRecord.running(profile).flatMap(DaemonRecord::process);
    if (running.isPresent()) {
      end(context.clock(), profile, running.get());
    }
    if (last.isPresent() && last.get().ephemeral()) {
      remove(context, profile);
    } else {
      context.cluster().stopWorkloads(profile);
      Files.deleteIfExists(profile.daemonRecord());
      context.unsetCurrent(profile);
    }
    return running.isPresent();
  }

  /** What an ephemeral cluster leaves whose process was killed must not be found by the next. */
  static void removeRemains(Context context, Profile profile) throws IOException {
    Optional<DaemonRecord> last = DaemonRecord.last(profile);
    if (last.isPresent() && last.get().ephemeral() && !ProfileLock.isHeld(profile)) {
      remove(context, profile);
    }
  }

  /** Removes everything of a cluster whose process has ended. */
  static void remove(Context context, Profile profile) throws IOException {
    context.cluster().destroy(profile);
    FileTree.delete(profile.root());
    context.forget(profile);
    HomeLock.removeUnused(profile);
  }

  private static void end(Clock clock, Profile profile, ProcessHandle process)
      throws InterruptedException {
    process.destroy();
    if (!ends(clock, profile, process)) {
      process.destroyForcibly();
      if (!ends(clock, profile, process)) {
        throw new CliException(
            "process %d does not end, not even by SIGKILL: what it waits for is in /proc/%d/stack"
                .formatted(process.pid(), process.pid()));
      }
    }
  }

  private static boolean ends(Clock clock, Profile profile, ProcessHandle process)
      throws InterruptedException {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (ProfileLock.isHeld(profile) || (process.isAlive() && !isZombie(process))) {
      if (clock.nanoTime() > deadline) {
        return false;
      }
      clock.sleep(PAUSE);
    }
    return true;
  }

  /** Dead, but its parent has not asked yet: there is nothing left to wait for. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (IOException e) {
      return false;
    }
  }
}
