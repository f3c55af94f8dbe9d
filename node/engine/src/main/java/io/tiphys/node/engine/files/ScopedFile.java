package io.tiphys.node.engine.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Reading files of a container's tree from outside, where a link must not lead out of the tree. */
public final class ScopedFile {
  /** As many as the kernel follows. */
  private static final int LINK_LIMIT = 40;

  /** User lists are short; a tree may hold anything under their name. */
  private static final long SIZE_LIMIT = 4 << 20;

  private ScopedFile() {}

  /** The lines of {@code path} in the tree {@code root}; none if there is no such plain file. */
  public static List<String> lines(Path root, String path) throws IOException {
    Path file = resolve(root, path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > SIZE_LIMIT) {
      return List.of();
    }
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  /** Where {@code path} leads when {@code root} is the root of the system. */
  static Path resolve(Path root, String path) throws IOException {
    Deque<String> left = new ArrayDeque<>(List.of(path.split("/")));
    Path at = root;
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        Path above = at.getParent();
        at = at.equals(root) || above == null ? root : above;
        continue;
      }
      Path next = at.resolve(name);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > LINK_LIMIT) {
        throw new IOException("too many links on the way to " + path);
      }
      String target = Files.readSymbolicLink(next).toString();
      at = target.startsWith("/") ? root : at;
      for (String part : List.of(target.split("/")).reversed()) {
        left.push(part);
      }
    }
    return at;
  }
}
