package io.tiphys.node.agent.logs;

import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Keeps a container's log small: the present file and a few older ones, {@code .1} the youngest.
 * Limits are upstream's defaults, from pkg/kubelet/logs/container_log_manager.go.
 */
public final class LogRotation {
  /** As upstream's containerLogMaxSize: 10Mi. */
  static final long MAX_BYTES = 10L << 20;

  /** As upstream's containerLogMaxFiles; the present one counts. */
  static final int MAX_FILES = 5;

  private final Disk disk;
  private final long maxBytes;

  public LogRotation(Disk disk) {
    this(disk, MAX_BYTES);
  }

  LogRotation(Disk disk, long maxBytes) {
    this.disk = disk;
    this.maxBytes = maxBytes;
  }

  /**
   * Moves a log aside once it is too large.
   *
   * @param reopen makes the engine write to a new file under the old name; when it fails the log
   *     gets its name back and the failure is thrown on
   */
  public void rotateIfLarge(Path log, Runnable reopen) {
    try {
      if (!disk.exists(log) || disk.size(log) < maxBytes) {
        return;
      }
      for (int i = MAX_FILES - 2; i >= 1; i--) {
        if (disk.exists(older(log, i))) {
          disk.move(older(log, i), older(log, i + 1));
        }
      }
      disk.move(log, older(log, 1));
      try {
        reopen.run();
      } catch (RuntimeException e) {
        if (!disk.exists(log)) {
          disk.move(older(log, 1), log);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a log with all its older files; one that is not there is no failure. */
  public static void delete(Disk disk, Path log) {
    try {
      disk.deleteIfExists(log);
      for (int i = 1; i < MAX_FILES; i++) {
        disk.deleteIfExists(older(log, i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The file that was begun next after one of a log's: the oldest there is if that one is none of
   * them any more.
   *
   * @param isKnown tells the one from the others
   */
  static Path following(Disk disk, Path log, Predicate<Path> isKnown) {
    Path next = log;
    for (int i = 1; i < MAX_FILES; i++) {
      Path older = older(log, i);
      if (isKnown.test(older)) {
        return next;
      }
      next = disk.exists(older) ? older : next;
    }
    return next;
  }

  private static Path older(Path log, int age) {
    return log.resolveSibling(log.getFileName() + "." + age);
  }
}
