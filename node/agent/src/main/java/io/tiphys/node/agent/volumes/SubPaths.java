package io.tiphys.node.agent.volumes;

import io.tiphys.base.machine.Disk;
import io.tiphys.linux.FileStatus;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Mounts;
import io.tiphys.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Parts of volumes for containers that mount no whole one: each is bound to a place of the pod's
 * own, {@code POD/volume-subpaths/VOLUME/CONTAINER/INDEX}, and the engine is given that place.
 * Checked against pkg/volume/util/subpath/subpath_linux.go.
 *
 * <p>A pod's containers write to the volume while this runs as root, so a path in it means nothing
 * from one moment to the next. Links that stay in the volume are resolved first, as upstream does;
 * what they lead to is then opened name by name without any link, and the open file is bound, not
 * its path. Missing folders are made in open folders likewise.
 */
public final class SubPaths {
  private static final String PLACES = "volume-subpaths";

  private final Disk disk;
  private final Path podFolder;
  private final Calls calls;

  /** The mount that a part of a volume is for: which one of which container. */
  public record Use(String volume, String container, int index) {}

  /** What is asked of the kernel; before and after each of these, others may change a volume. */
  interface Calls {
    /** Where {@code path} leads with all links resolved. */
    Path resolve(Path path) throws IOException;

    void bind(Path source, Path place);
  }

  private record Kernel() implements Calls {
    @Override
    public Path resolve(Path path) throws IOException {
      return path.toRealPath();
    }

    @Override
    public void bind(Path source, Path place) {
      Mounts.bind(source, place, false, false);
    }
  }

  public SubPaths(Disk disk, Path podFolder) {
    this(disk, podFolder, new Kernel());
  }

  SubPaths(Disk disk, Path podFolder, Calls calls) {
    this.disk = disk;
    this.podFolder = podFolder;
    this.calls = calls;
  }

  /**
   * Binds what is at {@code below} in a volume, a new folder if nothing is there.
   *
   * @param volume where the volume is
   * @param below relative, without {@code ..}
   * @return the place to mount into the container
   * @throws VolumeProblem if it leads out of the volume; the message says no more than upstream's,
   *     since the reason would tell of the host
   */
  public Path bind(Use use, Path volume, Path below) throws VolumeProblem {
    Path realVolume;
    try {
      realVolume = disk.toRealPath(volume);
      make(realVolume, below);
    } catch (IOException | LinuxFailure e) {
      throw problem("create subPath directory", use, e);
    }
    try (OpenFile root = OpenFile.at(realVolume);
        OpenFile part = open(root, realVolume, below)) {
      Path place = place(use);
      if (!isBound(part.stat(), place)) {
        makePlace(place, part.stat().isFolder());
        calls.bind(part.path(), place);
      }
      return place;
    } catch (IOException | LinuxFailure e) {
      throw problem("prepare subPath", use, e);
    }
  }

  private static VolumeProblem problem(String what, Use use, Exception cause) {
    String message =
        "failed to %s for volumeMount \"%s\" of container \"%s\""
            .formatted(what, use.volume, use.container);
    return new VolumeProblem(message, cause);
  }

  /** Folders that are not there yet are open to those that the volume is open to. */
  private void make(Path volume, Path below) throws IOException {
    if (disk.exists(volume.resolve(below))) {
      return;
    }
    int there = below.getNameCount() - 1;
    while (there > 0 && !disk.exists(volume.resolve(below.subpath(0, there)))) {
      there--;
    }
    try (OpenFile root = OpenFile.at(volume)) {
      int mode = root.stat().permissions();
      OpenFile at =
          there == 0 ? OpenFile.at(root.path()) : open(root, volume, below.subpath(0, there));
      for (Path name : below.subpath(there, below.getNameCount())) {
        try (OpenFile parent = at) {
          at = parent.makeFolder(name.toString(), mode);
        }
      }
      at.close();
    }
  }

  /** Opens what is there, however links within the volume lead to it. */
  private OpenFile open(OpenFile root, Path volume, Path below) throws IOException {
    Path real = calls.resolve(volume.resolve(below));
    if (!real.startsWith(volume)) {
      throw new IOException("%s leads out of %s to %s".formatted(below, volume, real));
    }
    return real.equals(volume) ? OpenFile.at(root.path()) : root.beneath(volume.relativize(real));
  }

  private Path place(Use use) {
    return podFolder
        .resolve(PLACES)
        .resolve(use.volume)
        .resolve(use.container)
        .resolve(String.valueOf(use.index));
  }

  /** Whether the very file is bound already; what else is there is taken away. */
  private static boolean isBound(FileStatus part, Path place) {
    if (!Mounts.isMountPoint(place)) {
      return false;
    }
    try (OpenFile bound = OpenFile.at(place)) {
      if (bound.stat().isSameFile(part)) {
        return true;
      }
    }
    Mounts.detachTree(place);
    return false;
  }

  private void makePlace(Path place, boolean folder) throws IOException {
    disk.createParents(place);
    if (disk.isDirectory(place) != folder) {
      disk.deleteIfExists(place);
    }
    if (folder) {
      disk.createDirectories(place);
    } else if (!disk.exists(place)) {
      disk.createFile(place);
    }
  }

  /** Takes away all that was bound for the pod. */
  void clear() {
    Path places = podFolder.resolve(PLACES);
    if (disk.exists(places)) {
      Mounts.detachTree(places);
      FileTree.delete(places);
    }
  }
}
