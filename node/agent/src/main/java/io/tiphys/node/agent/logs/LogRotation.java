package io.tiphys.node.agent.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  private final long maxBytes;

  public LogRotation() {
    this(MAX_BYTES);
  }

  LogRotation(long maxBytes) {
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
      if (!Files.exists(log) || Files.size(log) < maxBytes) {
        return;
      }
      for (int i = MAX_FILES - 2; i >= 1; i--) {
        if (Files.exists(older(log, i))) {
          Files.move(older(log, i), older(log, i + 1), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.move(log, older(log, 1), StandardCopyOption.REPLACE_EXISTING);
      try {
        reopen.run();
      } catch (RuntimeException e) {
        if (!Files.exists(log)) {
          Files.move(older(log, 1), log);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a log with all its older files; one that is not there is no failure. */
  public static void delete(Path log) {
    try {
      Files.deleteIfExists(log);
      for (int i = 1; i < MAX_FILES; i++) {
        Files.deleteIfExists(older(log, i));
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
  static Path following(Path log, Predicate<Path> isKnown) {
    Path next = log;
    for (int i = 1; i < MAX_FILES; i++) {
      Path older = older(log, i);
      if (isKnown.test(older)) {
        return next;
      }
      next = Files.exists(older) ? older : next;
    }
    return next;
  }

  private static Path older(Path log, int age) {
    return log.resolveSibling(log.getFileName() + "." + age);
  }
}
