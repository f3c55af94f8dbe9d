package io.tiphys.node.cri;

/** How a command ended. Each stream holds at most 16 MiB; what came after was dropped. */
public record ExecSyncResponse(byte[] stdout, byte[] stderr, int exitCode) {}
