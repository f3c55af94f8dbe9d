package io.tiphys.node.cri;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container's state.
 *
 * @param exitCode 128 + n after signal n; meaningful once exited
 * @param image as it was asked for
 * @param imageRef digest reference of the image
 * @param reason {@code Completed}, {@code Error}, {@code OOMKilled} or {@code StartError} once
 *     exited
 * @param logPath absolute
 */
public record ContainerStatus(
    String id,
    ContainerMetadata metadata,
    ContainerState state,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int exitCode,
    ImageSpec image,
    String imageRef,
    String imageId,
    String reason,
    String message,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<Mount> mounts,
    String logPath,
    LinuxContainerResources resources,
    @Nullable LinuxContainerUser user,
    String stopSignal) {
  public ContainerStatus {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    mounts = List.copyOf(mounts);
  }
}
