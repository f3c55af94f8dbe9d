package io.tiphys.node.agent.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.Source;
import io.tiphys.linux.FileStatus;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Mounts;
import io.tiphys.linux.OpenFile;
import io.tiphys.meta.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The volumes of this node's pods, each below {@code POD/volumes/KIND/NAME}. Thread-safe for
 * different pods.
 */
public final class PodVolumes {
  /** As upstream: anyone in the pod may write to an empty folder. */
  private static final int EMPTY_MODE = 0777;

  private static final String VOLUMES = "volumes";

  /** What owner and group may do with the files of a volume. */
  private static final int WRITABLE = 0660;

  private static final int READABLE = 0440;

  /** A folder hands its group on, and owner and group may enter it. */
  private static final int GROUP_FOLDER = 02110;

  /** What stat(2) says of special files. */
  private static final int S_IFMT = 0170000;

  private static final int S_IFSOCK = 0140000;
  private static final int S_IFCHR = 0020000;
  private static final int S_IFBLK = 0060000;

  /** For chown: the owner stays. */
  private static final int KEEP = -1;

  private final Path podsRoot;
  private final Source source;
  private final Disk disk;
  private final Projections projections;
  private final Quantity memory;

  /**
   * @param allocatable what the node has for pods
   */
  public PodVolumes(
      Path podsRoot, Source source, Map<String, Quantity> allocatable, Disk disk, Clock clock) {
    this.disk = disk;
    this.podsRoot = podsRoot;
    this.source = source;
    projections = new Projections(source, allocatable, disk, clock);
    memory = allocatable.getOrDefault("memory", Quantity.ZERO);
  }

  public Path podFolder(String podUid) {
    return podsRoot.resolve(podUid);
  }

  /** Where an empty folder of the pod lies. */
  public Path emptyDirFolder(Pod pod, String volume) {
    return folder(pod, "empty-dir", volume);
  }

  /** Makes what is missing, brings content up to date, and says where each volume is. */
  public Map<String, Path> mount(Pod pod) throws VolumeProblem {
    Map<String, Path> places = new LinkedHashMap<>();
    for (Volume volume : pod.spec().volumes()) {
      try {
        places.put(volume.name(), place(pod, volume));
      } catch (IOException | UncheckedIOException | InvalidPathException | LinuxFailure e) {
        throw VolumeProblem.setUp(volume.name(), String.valueOf(e.getMessage()));
      }
    }
    return places;
  }

  /** Brings config maps, secrets and tokens up to date. */
  public void refresh(Pod pod) {
    for (Volume volume : pod.spec().volumes()) {
      if (Projections.has(volume)) {
        try {
          place(pod, volume);
        } catch (IOException
            | UncheckedIOException
            | InvalidPathException
            | LinuxFailure
            | VolumeProblem _) {
          // What is mounted stays as it is; the next round tries again.
        }
      }
    }
  }

  /** Whether containers see a volume but never write to it, whatever they ask for. */
  public static boolean isReadOnly(Pod pod, String volume) {
    return pod.spec().volumes().stream()
        .anyMatch(candidate -> candidate.name().equals(volume) && Projections.has(candidate));
  }

  /** Removes a pod's volumes, not what its containers said last. */
  public void unmountVolumes(String podUid) {
    new SubPaths(disk, podFolder(podUid)).clear();
    remove(podFolder(podUid).resolve(VOLUMES));
  }

  /** Removes everything of a pod. */
  public void unmount(String podUid) {
    new SubPaths(disk, podFolder(podUid)).clear();
    remove(podFolder(podUid));
    projections.forget(podUid);
  }

  /**
   * Removes everything of pods that do not live.
   *
   * @param lives asked about each uid just before its removal
   */
  public void unmountAllBut(Predicate<String> lives) {
    if (!disk.isDirectory(podsRoot)) {
      return;
    }
    try {
      disk.list(podsRoot).stream()
          .map(folder -> folder.getFileName().toString())
          .filter(uid -> !lives.test(uid))
          .forEach(this::unmount);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void remove(Path folder) {
    if (disk.exists(folder)) {
      Mounts.detachTree(folder);
      FileTree.delete(folder);
    }
  }

  private Path place(Pod pod, Volume volume) throws IOException, VolumeProblem {
    if (volume.hostPath() != null) {
      return hostPath(volume.name(), volume.hostPath());
    }
    if (volume.persistentVolumeClaim() != null) {
      return claim(pod, volume.name(), volume.persistentVolumeClaim().claimName());
    }
    if (volume.ephemeral() != null) {
      return claim(pod, volume.name(), pod.name() + "-" + volume.name());
    }
    if (volume.emptyDir() != null) {
      return emptyDir(pod, volume);
    }
    if (Projections.has(volume)) {
      Path folder = folder(pod, "projected", volume.name());
      projections.fill(pod, volume, folder);
      own(pod, folder, READABLE);
      return folder;
    }
    throw VolumeProblem.setUp(volume.name(), "no volume plugin matched");
  }

  private Path folder(Pod pod, String kind, String name) {
    return podFolder(pod.metadata().uid())
        .resolve(VOLUMES)
        .resolve("kubernetes.io~" + kind)
        .resolve(name);
  }

  private Path emptyDir(Pod pod, Volume volume) throws IOException {
    Path folder = emptyDirFolder(pod, volume.name());
    boolean fresh = !disk.exists(folder);
    disk.createDirectories(folder);
    var source = volume.emptyDir();
    if (source != null && source.medium().equals("Memory") && !Mounts.isMountPoint(folder)) {
      Mounts.tmpfs(folder, MemorySize.of(pod, source.sizeLimit(), memory), EMPTY_MODE);
    }
    if (fresh) {
      disk.setPosixFilePermissions(folder, AtomicFolder.permissions(EMPTY_MODE));
      own(pod, folder, WRITABLE);
    }
    return folder;
  }

  /**
   * Files of a volume belong to the pod's group, if it names one, and that group may read and, if
   * it is so, write them. Checked against changeFilePermission in pkg/volume/volume_linux.go.
   */
  private static void own(Pod pod, Path folder, int mask) {
    PodSecurityContext security = pod.spec().securityContext();
    if (security != null && security.fsGroup() != null) {
      int group = Math.toIntExact(security.fsGroup());
      FileTree.forEach(folder, file -> own(file, group, mask));
    }
  }

  private static void own(OpenFile file, int group, int mask) {
    file.chown(KEEP, group);
    FileStatus status = file.stat();
    if (!status.isLink()) {
      file.chmod(status.permissions() | mask | (status.isFolder() ? GROUP_FOLDER : 0));
    }
  }

  /** Checked against pkg/volume/hostpath/host_path.go. */
  private Path hostPath(String name, HostPathVolumeSource source)
      throws IOException, VolumeProblem {
    Path path = Path.of(source.path());
    String type = source.type() == null ? "" : source.type();
    switch (type) {
      case "DirectoryOrCreate" -> disk.createDirectories(path);
      case "FileOrCreate" -> {
        if (!disk.exists(path)) {
          disk.createFile(path);
        }
      }
      case "Directory" -> must(name, disk.isDirectory(path), path, "directory");
      case "File" -> must(name, disk.isRegularFile(path), path, "file");
      case "Socket" -> must(name, isOfType(path, S_IFSOCK), path, "socket file");
      case "CharDevice" -> must(name, isOfType(path, S_IFCHR), path, "character device");
      case "BlockDevice" -> must(name, isOfType(path, S_IFBLK), path, "block device");
      default -> {
        if (!disk.exists(path)) {
          disk.createDirectories(path);
        }
      }
    }
    return path;
  }

  private boolean isOfType(Path path, int type) throws IOException {
    return disk.exists(path) && (disk.mode(path) & S_IFMT) == type;
  }

  private static void must(String name, boolean holds, Path path, String what)
      throws VolumeProblem {
    if (!holds) {
      throw VolumeProblem.setUp(
          name, "hostPath type check failed: %s is not a %s".formatted(path, what));
    }
  }

  private Path claim(Pod pod, String name, String claimName) throws IOException, VolumeProblem {
    try {
      PersistentVolumeClaim claim =
          source.get(CoreV1.PERSISTENTVOLUMECLAIMS, pod.namespace(), claimName);
      if (claim.spec().volumeName().isEmpty()) {
        throw VolumeProblem.setUp(
            name, "PVC %s/%s has no volume yet".formatted(pod.namespace(), claimName));
      }
      PersistentVolume volume = source.get(CoreV1.PERSISTENTVOLUMES, "", claim.spec().volumeName());
      if (volume.spec().hostPath() != null) {
        return hostPath(name, volume.spec().hostPath());
      }
      if (volume.spec().local() != null) {
        Path local = Path.of(volume.spec().local().path());
        own(pod, local, WRITABLE);
        return local;
      }
      throw VolumeProblem.setUp(name, "no volume plugin matched");
    } catch (ApiFailure e) {
      throw VolumeProblem.setUp(name, e.status().message());
    }
  }
}
