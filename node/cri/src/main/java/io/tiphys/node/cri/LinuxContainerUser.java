package io.tiphys.node.cri;

import java.util.List;

/** The identity a container's first process got. */
public record LinuxContainerUser(long uid, long gid, List<Long> supplementalGroups) {
  public LinuxContainerUser {
    supplementalGroups = List.copyOf(supplementalGroups);
  }
}
