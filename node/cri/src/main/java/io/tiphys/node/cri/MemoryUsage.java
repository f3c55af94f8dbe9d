package io.tiphys.node.cri;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Memory in use.
 *
 * @param availableBytes null without a limit
 */
public record MemoryUsage(
    Instant timestamp,
    long workingSetBytes,
    @Nullable Long availableBytes,
    long usageBytes,
    long rssBytes,
    long pageFaults,
    long majorPageFaults) {}
