package io.tiphys.node.cri;

/** A port of the host that leads into a sandbox. */
public record PortMapping(Protocol protocol, int containerPort, int hostPort, String hostIp) {}
