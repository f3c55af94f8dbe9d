package io.tiphys.node.cri;

/** Who answers. */
public record Version(
    String version, String runtimeName, String runtimeVersion, String runtimeApiVersion) {}
