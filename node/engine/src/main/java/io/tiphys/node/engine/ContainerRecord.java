package io.tiphys.node.engine;

import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.NamespaceMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a container from its beginning.
 *
 * @param config as asked for; environment, command and devices are only in {@code config.json}
 * @param imageRef the image's digest reference, or its id when it has none
 * @param layers what its file system stands on, the topmost first
 * @param logPath absolute; empty for no log
 * @param bootId which life of the machine it belongs to
 */
record ContainerRecord(
    String id,
    String sandboxId,
    ContainerConfig config,
    String imageId,
    String imageRef,
    List<Path> layers,
    String logPath,
    String cgroup,
    String stopSignal,
    Instant createdAt,
    String bootId) {
  ContainerRecord {
    layers = List.copyOf(layers);
  }

  boolean ownPidNamespace() {
    return config.linux().securityContext().namespaceOptions().pid() == NamespaceMode.CONTAINER;
  }
}
