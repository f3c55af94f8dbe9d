package io.tiphys.node.engine.spec;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a sandbox lends its containers.
 *
 * @param network the pinned network namespace; empty with the host's network
 * @param ipc the pinned IPC namespace; empty with the host's
 * @param uts the pinned UTS namespace; empty with the host's network
 * @param hostname what is in {@code etcHostname}
 * @param shm the shared memory of the pod; {@code /dev/shm} with the host's IPC
 */
public record SandboxSpace(
    Optional<Path> network,
    Optional<Path> ipc,
    Optional<Path> uts,
    String hostname,
    Path etcHostname,
    Path etcHosts,
    Path etcResolvConf,
    Path shm) {}
