package io.tiphys.node.engine.spec;

import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.engine.images.ImageConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that an OCI configuration is made from.
 *
 * @param rootfs where the container's file system is mounted
 * @param cgroup the path of its cgroup
 * @param targetPid the process whose pid namespace to join: a target's or that of the whole pod
 */
public record SpecRequest(
    ContainerConfig config,
    ImageConfig image,
    SandboxSpace sandbox,
    HostAbilities host,
    Path rootfs,
    String cgroup,
    Optional<Integer> targetPid) {}
