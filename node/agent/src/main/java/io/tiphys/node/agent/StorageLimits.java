package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.meta.Quantity;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Whether a pod keeps to what it may store on the node's disk: in its empty folders, and in all of
 * its containers' files and logs. Checked against localStorageEviction in
 * pkg/kubelet/eviction/eviction_manager.go.
 */
final class StorageLimits {
  /** As upstream's monitoringInterval of the eviction manager. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Pods of system priority are not evicted; as upstream's SystemCriticalPriority. */
  private static final int CRITICAL = 2_000_000_000;

  /** A pod with more files than this is measured in part: looking must not cost more than it. */
  private static final int MOST_FILES = 200_000;

  private static final String STORAGE = "ephemeral-storage";

  private final Node node;

  StorageLimits(Node node) {
    this.node = node;
  }

  /** Whether there is anything to measure. */
  static boolean has(Pod pod) {
    Integer priority = pod.spec().priority();
    return (priority == null || priority < CRITICAL)
        && (pod.spec().volumes().stream().anyMatch(v -> limit(v).signum() > 0)
            || pod.spec().containers().stream().anyMatch(c -> limit(c).signum() > 0));
  }

  /** What the pod has exceeded, as its status says it; empty if nothing. */
  Optional<String> exceeded(Pod pod, PodView view) {
    for (Volume volume : pod.spec().volumes()) {
      Quantity limit = limit(volume);
      if (limit.signum() > 0 && size(folder(pod, volume)) > limit.value()) {
        return Optional.of(
            "Usage of EmptyDir volume \"%s\" exceeds the limit \"%s\". "
                .formatted(volume.name(), limit));
      }
    }
    return ofContainers(pod, view);
  }

  private Optional<String> ofContainers(Pod pod, PodView view) {
    Quantity total =
        pod.spec().containers().stream()
            .map(StorageLimits::limit)
            .reduce(Quantity.ZERO, Quantity::add);
    if (total.signum() <= 0) {
      return Optional.empty();
    }
    long used = 0;
    Optional<String> one = Optional.empty();
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      long own = status == null ? 0 : files(status) + logs(status);
      used += own;
      Quantity limit = limit(container);
      if (one.isEmpty() && limit.signum() > 0 && own > limit.value()) {
        one =
            Optional.of(
                "Container %s exceeded its local ephemeral storage limit \"%s\". "
                    .formatted(container.name(), limit));
      }
    }
    for (Volume volume : pod.spec().volumes()) {
      used += onDisk(volume) ? size(folder(pod, volume)) : 0;
    }
    return used > total.value()
        ? Optional.of(
            "Pod ephemeral local storage usage exceeds the total limit of containers %s. "
                .formatted(total))
        : one;
  }

  private static boolean onDisk(Volume volume) {
    return volume.emptyDir() != null && volume.emptyDir().medium().isEmpty();
  }

  private static Quantity limit(Volume volume) {
    var source = volume.emptyDir();
    Quantity limit = source == null ? null : source.sizeLimit();
    return limit == null ? Quantity.ZERO : limit;
  }

  private static Quantity limit(Container container) {
    return container.resources().limits().getOrDefault(STORAGE, Quantity.ZERO);
  }

  private Path folder(Pod pod, Volume volume) {
    return node.volumes().emptyDirFolder(pod, volume.name());
  }

  private long files(ContainerStatus status) {
    try {
      return node.runtime().containerStats(status.id()).writableLayer().usedBytes();
    } catch (CriException e) {
      return 0; // It has gone meanwhile.
    }
  }

  private long logs(ContainerStatus status) {
    Path log = status.logPath().isEmpty() ? null : Path.of(status.logPath()).getParent();
    return log == null ? 0 : size(log);
  }

  /** As far as it can be read while it changes; the next round measures again. */
  private long size(Path folder) {
    long bytes = 0;
    int seen = 0;
    Deque<Path> ahead = new ArrayDeque<>(List.of(folder));
    while (!ahead.isEmpty() && seen < MOST_FILES) {
      Path next = ahead.pop();
      seen++;
      try {
        BasicFileAttributes attributes = node.disk().attributes(next);
        if (attributes.isDirectory()) {
          ahead.addAll(node.disk().list(next, MOST_FILES - seen - ahead.size()));
        } else {
          bytes += attributes.size();
        }
      } catch (IOException _) {
        // It has gone meanwhile.
      }
    }
    return bytes;
  }
}
