package io.tiphys.node.cri;

import java.time.Instant;

/** CPU time used since the start. */
public record CpuUsage(Instant timestamp, long usageCoreNanoSeconds) {}
