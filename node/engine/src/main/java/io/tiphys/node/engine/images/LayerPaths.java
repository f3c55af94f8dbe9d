package io.tiphys.node.engine.images;

import io.tiphys.linux.FileNodes;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.files.UnixFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the folders of a layer that is being unpacked, as a container would see them. */
final class LayerPaths {
  /** As many as the kernel follows. */
  private static final int LINK_LIMIT = 40;

  private final Path root;
  private final List<Path> lowers;
  private final Map<List<String>, Path> known = new HashMap<>();

  LayerPaths(Path root, List<Path> lowers) {
    this.root = root;
    this.lowers = List.copyOf(lowers);
  }

  /**
   * The names of a path, without empty ones and dots.
   *
   * @throws CriException INVALID_ARGUMENT for a path that climbs
   */
  static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        throw CriException.invalid("layer refused: \"%s\" leads out of the layer".formatted(path));
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(checked(name));
      }
    }
    return names;
  }

  /** A name that is one and not a way around. */
  static String single(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw CriException.invalid("layer refused: a whiteout of \"%s\"".formatted(name));
    }
    return checked(name);
  }

  private static String checked(String name) {
    if (name.indexOf('\0') >= 0) {
      throw CriException.invalid("layer refused: a name with a zero byte");
    }
    return name;
  }

  /** Forgets where folders are, after one was replaced. */
  void forget() {
    known.clear();
  }

  /** The folder in this layer at {@code names}, made after those below where it is not there. */
  Path folder(List<String> names) throws IOException {
    Path cached = known.get(names);
    if (cached == null) {
      cached = walk(names);
      known.put(List.copyOf(names), cached);
    }
    return cached;
  }

  private Path walk(List<String> names) throws IOException {
    Deque<String> left = new ArrayDeque<>(names);
    List<String> at = new ArrayList<>();
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.pop();
      if (name.equals("..")) {
        if (!at.isEmpty()) {
          at.removeLast();
        }
        continue;
      }
      at.add(name);
      Path here = resolve(root, at);
      boolean own = Files.exists(here, LinkOption.NOFOLLOW_LINKS);
      Path seen = own ? here : below(at).orElse(here);
      if (Files.isSymbolicLink(seen)) {
        if (++links > LINK_LIMIT) {
          throw CriException.invalid(
              "layer refused: too many links on the way to " + String.join("/", names));
        }
        at.removeLast();
        String target = Files.readSymbolicLink(seen).toString();
        if (target.startsWith("/")) {
          at.clear();
        }
        push(left, target);
      } else if (Files.isDirectory(seen, LinkOption.NOFOLLOW_LINKS)) {
        if (!own) {
          makeLike(here, seen);
        }
      } else if (own) {
        throw CriException.invalid(
            "layer refused: \"%s\" is no folder".formatted(String.join("/", at)));
      } else {
        Files.createDirectory(here);
        FileNodes.chmod(here, 0755);
      }
    }
    return resolve(root, at);
  }

  private static void push(Deque<String> left, String target) {
    List<String> names = new ArrayList<>();
    for (String name : target.split("/")) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    names.reversed().forEach(left::push);
  }

  private static Path resolve(Path layer, List<String> names) {
    Path path = layer;
    for (String name : names) {
      path = path.resolve(name);
    }
    return path;
  }

  /**
   * What the layers below show at a path that has no link on its way. What is no folder in a layer,
   * a link as well, hides all that is below it: nothing here ever follows one.
   */
  private Optional<Path> below(List<String> names) {
    for (Path lower : lowers) {
      Path path = lower;
      boolean ends = false;
      boolean there = true;
      for (String name : names) {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.empty();
        }
        ends |= !path.equals(lower) && FileNodes.isOpaque(path);
        path = path.resolve(name);
        there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        if (!there || isWhiteout(path)) {
          break;
        }
      }
      if (there) {
        return isWhiteout(path) ? Optional.empty() : Optional.of(path);
      }
      if (ends) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  static boolean isWhiteout(Path path) {
    try {
      UnixFile file = UnixFile.of(path);
      return file.isCharacterDevice() && file.device() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A hard link may point below: the file comes up into this layer, as writing to it would do.
   *
   * @param target in this layer, in a folder that {@link #folder} found
   */
  Path copyUp(Path target) throws IOException {
    List<String> names = new ArrayList<>();
    root.relativize(target).forEach(name -> names.add(name.toString()));
    Path source =
        below(names)
            .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
            .orElseThrow(
                () ->
                    CriException.invalid(
                        "layer refused: a hard link to \"%s\", which is not there"
                            .formatted(String.join("/", names))));
    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    copyOwner(source, target);
    return target;
  }

  private static void makeLike(Path folder, Path model) throws IOException {
    Files.createDirectory(folder);
    copyOwner(model, folder);
    var modified = Files.getLastModifiedTime(model).toInstant();
    FileNodes.setTimes(folder, modified, modified);
  }

  private static void copyOwner(Path from, Path to) throws IOException {
    UnixFile model = UnixFile.of(from);
    FileNodes.chown(to, model.uid(), model.gid());
    FileNodes.chmod(to, model.permissions());
    for (String name : FileNodes.xattrs(from)) {
      if (!name.startsWith("trusted.overlay.")) {
        FileNodes.setXattr(to, name, FileNodes.xattr(from, name).orElseGet(() -> new byte[0]));
      }
    }
  }
}
