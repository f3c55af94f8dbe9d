package io.tiphys.node.cri;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the whole pod.
 *
 * @param privileged some container of the pod may be privileged
 */
public record LinuxSandboxSecurityContext(
    NamespaceOption namespaceOptions,
    @Nullable Long runAsUser,
    @Nullable Long runAsGroup,
    boolean readonlyRootfs,
    List<Long> supplementalGroups,
    boolean privileged) {
  public static final LinuxSandboxSecurityContext EMPTY =
      new LinuxSandboxSecurityContext(NamespaceOption.EMPTY, null, null, false, List.of(), false);

  public LinuxSandboxSecurityContext {
    supplementalGroups = List.copyOf(supplementalGroups);
  }
}
