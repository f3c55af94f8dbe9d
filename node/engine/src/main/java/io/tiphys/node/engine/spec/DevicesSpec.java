package io.tiphys.node.engine.spec;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.Device;
import io.tiphys.node.engine.files.UnixFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Host devices for a container. */
final class DevicesSpec {
  /** Not devices of the host's but what a container has of its own. */
  private static final Set<String> OWN =
      Set.of("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console");

  private DevicesSpec() {}

  /** A device node. */
  record Node(String path, UnixFile file, String access) {
    String type() {
      return file.isCharacterDevice() ? "c" : "b";
    }
  }

  /** The devices asked for; a folder stands for all devices in it. */
  static List<Node> asked(List<Device> devices) {
    List<Node> nodes = new ArrayList<>();
    for (Device device : devices) {
      Path host = Path.of(device.hostPath());
      if (Files.isDirectory(host)) {
        walk(host, Path.of(device.containerPath()), device.permissions(), nodes);
      } else {
        nodes.add(
            node(host, device.containerPath(), device.permissions())
                .orElseThrow(
                    () -> CriException.invalid("not a device node: " + device.hostPath())));
      }
    }
    return nodes;
  }

  /** All devices of the host, for a privileged container. */
  static List<Node> all() {
    List<Node> nodes = new ArrayList<>();
    walk(Path.of("/dev"), Path.of("/dev"), "rwm", nodes);
    return nodes;
  }

  private static void walk(Path host, Path container, String access, List<Node> into) {
    try (Stream<Path> children = Files.list(host)) {
      for (Path child : children.toList()) {
        String name = child.getFileName().toString();
        if (OWN.contains(name)) {
          continue;
        }
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          walk(child, container.resolve(name), access, into);
        } else if (!Files.isSymbolicLink(child)) {
          node(child, container.resolve(name).toString(), access).ifPresent(into::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Node> node(Path host, String path, String access) {
    try {
      UnixFile file = UnixFile.ofTarget(host);
      if (!file.isCharacterDevice() && !file.isBlockDevice()) {
        return Optional.empty();
      }
      return Optional.of(new Node(path, file, access.isEmpty() ? "rwm" : access));
    } catch (IOException e) {
      return Optional.empty(); // It went away.
    }
  }
}
