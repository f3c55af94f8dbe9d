package io.tiphys.linux;

/**
 * What the processes of a cgroup use together.
 *
 * @param cpuNanos CPU time since the cgroup was made
 * @param memoryBytes memory, page cache included
 * @param workingSetBytes memory without the page cache that can go first: what eviction looks at
 * @param rssBytes anonymous memory
 * @param pids processes and threads now
 * @param oomKills processes killed for want of memory, as far as the kernel tells
 */
public record CgroupUsage(
    long cpuNanos,
    long memoryBytes,
    long workingSetBytes,
    long rssBytes,
    long pids,
    long oomKills) {}
