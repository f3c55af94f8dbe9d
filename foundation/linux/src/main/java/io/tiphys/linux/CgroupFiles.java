package io.tiphys.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reading and writing the small files that cgroups are made of. */
final class CgroupFiles {
  private CgroupFiles() {}

  static Path below(Path root, String cgroup) {
    return root.resolve(cgroup.startsWith("/") ? cgroup.substring(1) : cgroup);
  }

  /** The folder and those below it, parents first; empty if there is none. */
  static List<Path> tree(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isDirectory)
          .sorted(Comparator.comparingInt(Path::getNameCount))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(folder);
    }
  }

  static @Nullable String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return null;
    }
  }

  /** A file that holds one number; {@code otherwise} for none and for {@code max}. */
  static long number(Path file, long otherwise) {
    String text = read(file);
    return text == null || text.isBlank() || text.startsWith("max")
        ? otherwise
        : Long.parseLong(text.strip());
  }

  /** The number after {@code key} in a file of {@code key number} lines, 0 if absent. */
  static long field(Path file, String key) {
    String text = read(file);
    if (text == null) {
      return 0;
    }
    String prefix = key + " ";
    return text.lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> Long.valueOf(line.substring(prefix.length()).strip()))
        .findFirst()
        .orElse(0L);
  }

  static void write(Path file, String value) {
    try {
      Files.writeString(file, value);
    } catch (IOException e) {
      throw new LinuxFailure("write " + value + " to " + file, e);
    }
  }

  static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new LinuxFailure("make cgroup " + folder, e);
    }
  }

  static void removeFolder(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libc.call("rmdir", Libc.path(arena, folder));
      if (result != -Errno.ENOENT) {
        Libc.check(result, "remove cgroup " + folder);
      }
    }
  }
}
