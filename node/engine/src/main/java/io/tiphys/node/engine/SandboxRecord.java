package io.tiphys.node.engine;

import io.tiphys.node.cri.PodSandboxConfig;
import java.time.Instant;

/**
 * What is known of a sandbox from its beginning.
 *
 * @param cgroup the parent of its containers' cgroups
 * @param bootId which life of the machine it belongs to
 */
record SandboxRecord(
    String id,
    PodSandboxConfig config,
    String runtimeHandler,
    String cgroup,
    Instant createdAt,
    String bootId) {}
