package io.tiphys.node.cri;

import java.time.Instant;

/** What a directory tree uses of its filesystem. */
public record FilesystemUsage(
    Instant timestamp, String mountpoint, long usedBytes, long inodesUsed) {}
