package io.tiphys.node.engine;

import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** How sandboxes get onto the pod network; the engine only makes the namespace. */
public interface SandboxNetwork {
  /**
   * Connects a sandbox.
   *
   * @param namespace the file that pins its network namespace
   */
  PodSandboxNetworkStatus attach(String sandboxId, Path namespace, PodSandboxConfig config);

  /** Gives its addresses and links back. Idempotent; the namespace may be gone. */
  void detach(String sandboxId);

  /**
   * Gives back what belongs to none of these: their removal was cut short, or their record lost.
   */
  void retain(Set<String> sandboxIds);

  /** Why sandboxes cannot be connected now; empty when they can. */
  Optional<String> notReady();
}
