package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Capabilities;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.SeccompProfile;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.node.cri.Capability;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.SecurityProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container may do; checked against pkg/kubelet/kuberuntime/security_context.go and
 * pkg/securitycontext/util.go.
 */
final class Security {
  /** As upstream's defaults. */
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private Security() {}

  static boolean isPrivileged(Container container) {
    return container.securityContext() != null
        && Boolean.TRUE.equals(container.securityContext().privileged());
  }

  /**
   * @param image whose user it is if nobody names another
   * @param maskedPaths what is hidden unless asked otherwise; the runtime hides nothing from who is
   *     privileged
   */
  static LinuxContainerSecurityContext of(
      Pod pod,
      Container container,
      NamespaceOption namespaces,
      Image image,
      List<String> maskedPaths)
      throws ConfigProblem {
    PodSecurityContext whole =
        pod.spec().securityContext() == null
            ? PodSecurityContext.EMPTY
            : pod.spec().securityContext();
    SecurityContext own =
        container.securityContext() == null ? SecurityContext.EMPTY : container.securityContext();
    Long user = own.runAsUser() != null ? own.runAsUser() : whole.runAsUser();
    Boolean notRoot = own.runAsNonRoot() != null ? own.runAsNonRoot() : whole.runAsNonRoot();
    if (Boolean.TRUE.equals(notRoot)) {
      requireNotRoot(
          user,
          image,
          "(pod: \"%s_%s(%s)\", container: %s)"
              .formatted(pod.name(), pod.namespace(), pod.metadata().uid(), container.name()));
    }
    boolean unmasked = "Unmasked".equals(own.procMount());
    List<Long> groups = new ArrayList<>(whole.supplementalGroups());
    if (whole.fsGroup() != null) {
      groups.add(whole.fsGroup());
    }
    return LinuxContainerSecurityContext.builder()
        .capabilities(capabilities(own.capabilities()))
        .privileged(isPrivileged(container))
        .namespaceOptions(namespaces)
        .runAsUser(user)
        .runAsGroup(own.runAsGroup() != null ? own.runAsGroup() : whole.runAsGroup())
        .readonlyRootfs(Boolean.TRUE.equals(own.readOnlyRootFilesystem()))
        .supplementalGroups(groups)
        .noNewPrivs(Boolean.FALSE.equals(own.allowPrivilegeEscalation()))
        .maskedPaths(unmasked ? List.of() : maskedPaths)
        .readonlyPaths(unmasked ? List.of() : READ_ONLY)
        .seccomp(
            seccomp(own.seccompProfile() != null ? own.seccompProfile() : whole.seccompProfile()))
        .build();
  }

  /** Checked against verifyRunAsNonRoot in pkg/kubelet/kuberuntime/security_context_others.go. */
  private static void requireNotRoot(@Nullable Long user, Image image, String where)
      throws ConfigProblem {
    if (user != null) {
      if (user == 0) {
        throw new ConfigProblem("container's runAsUser breaks non-root policy " + where);
      }
      return;
    }
    Long uid = image.uid();
    if (uid == null && !image.username().isEmpty()) {
      throw new ConfigProblem(
          "container has runAsNonRoot and image has non-numeric user (%s), cannot verify user is"
                  .formatted(image.username())
              + " non-root "
              + where);
    }
    if (uid != null && uid == 0) {
      throw new ConfigProblem("container has runAsNonRoot and image will run as root " + where);
    }
  }

  private static Capability capabilities(@Nullable Capabilities given) {
    return given == null ? Capability.EMPTY : new Capability(given.add(), given.drop(), List.of());
  }

  private static SecurityProfile seccomp(@Nullable SeccompProfile profile) {
    String type = profile == null ? "Unconfined" : profile.type();
    return switch (type) {
      case "RuntimeDefault" -> new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");
      case "Localhost" ->
          new SecurityProfile(
              SecurityProfile.Type.LOCALHOST,
              profile == null || profile.localhostProfile() == null
                  ? ""
                  : profile.localhostProfile());
      default -> new SecurityProfile(SecurityProfile.Type.UNCONFINED, "");
    };
  }
}
