package io.tiphys.node.engine.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Files that a crash of this process leaves whole or absent. There is no fsync: after a crash of
 * the machine no container runs any more, and what cannot be read is garbage to collect.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Replaces the content of {@code file} at once. */
  public static void write(Path file, byte[] content) throws IOException {
    Path beside = file.resolveSibling("." + file.getFileName() + ".new");
    Files.write(beside, content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
