package io.tiphys.cli;

import io.tiphys.base.files.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends clusters: the process first, then what it looked after. */
final class Shutdown {
  /** Longer than any orderly end takes; a process that still lives after it hangs. */
  private static final long PATIENCE_SECONDS = 30;

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
    Optional<ProcessHandle> running = last.flatMap(DaemonRecord::process);
    running.ifPresent(Shutdown::end);
    context.unsetCurrent(profile);
    if (last.isPresent() && last.get().ephemeral()) {
      remove(context, profile);
    } else {
      context.cluster().stopWorkloads(profile);
    }
    Files.deleteIfExists(profile.daemonRecord());
    return running.isPresent();
  }

  /** What an ephemeral cluster leaves whose process was killed must not be found by the next. */
  static void removeRemains(Context context, Profile profile) throws IOException {
    Optional<DaemonRecord> last = DaemonRecord.last(profile);
    if (last.isPresent() && last.get().ephemeral() && last.get().process().isEmpty()) {
      remove(context, profile);
    }
  }

  /** Removes everything of a cluster whose process has ended. */
  static void remove(Context context, Profile profile) throws IOException {
    context.cluster().destroy(profile);
    FileTrees.delete(profile.root());
    context.forget(profile);
    HomeLock.removeUnused(profile);
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      process.onExit().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted while the process " + process.pid() + " was ending", e);
    } catch (ExecutionException e) {
      throw new CliException("cannot wait for process " + process.pid(), e);
    }
  }
}
