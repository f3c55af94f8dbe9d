package io.tiphys.node.cri;

import org.jspecify.annotations.Nullable;

/**
 * What a container uses.
 *
 * @param cpu null when it does not run
 * @param memory null when it does not run
 */
public record ContainerStats(
    ContainerAttributes attributes,
    @Nullable CpuUsage cpu,
    @Nullable MemoryUsage memory,
    FilesystemUsage writableLayer) {}
