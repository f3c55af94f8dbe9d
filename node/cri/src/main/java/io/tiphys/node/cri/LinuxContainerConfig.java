package io.tiphys.node.cri;

/** The Linux part of a container. */
public record LinuxContainerConfig(
    LinuxContainerResources resources, LinuxContainerSecurityContext securityContext) {
  public static final LinuxContainerConfig EMPTY =
      new LinuxContainerConfig(LinuxContainerResources.EMPTY, LinuxContainerSecurityContext.EMPTY);
}
