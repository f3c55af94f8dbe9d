package io.tiphys.node.cri;

import java.util.Map;

/**
 * The Linux part of a sandbox.
 *
 * @param cgroupParent path below the cgroup root, such as {@code /kubepods/burstable/podX}
 */
public record LinuxPodSandboxConfig(
    String cgroupParent,
    LinuxSandboxSecurityContext securityContext,
    Map<String, String> sysctls,
    LinuxContainerResources overhead,
    LinuxContainerResources resources) {
  public static final LinuxPodSandboxConfig EMPTY =
      new LinuxPodSandboxConfig(
          "",
          LinuxSandboxSecurityContext.EMPTY,
          Map.of(),
          LinuxContainerResources.EMPTY,
          LinuxContainerResources.EMPTY);

  public LinuxPodSandboxConfig {
    sysctls = Map.copyOf(sysctls);
  }
}
