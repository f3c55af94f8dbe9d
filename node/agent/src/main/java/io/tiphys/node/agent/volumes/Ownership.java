package io.tiphys.node.agent.volumes;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.SecurityContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** To whom the files of a pod's volumes belong. */
final class Ownership {
  private Ownership() {}

  /** The pod's group for volumes, or null. */
  static @Nullable Integer group(Pod pod) {
    PodSecurityContext whole = pod.spec().securityContext();
    return whole == null || whole.fsGroup() == null ? null : Math.toIntExact(whole.fsGroup());
  }

  /**
   * The user that all containers run as, or null if one does not say or they differ. Checked
   * against FsUserFrom in pkg/volume/util/util.go.
   */
  static @Nullable Integer commonUser(Pod pod) {
    PodSecurityContext whole = pod.spec().securityContext();
    Long standard = whole == null ? null : whole.runAsUser();
    List<@Nullable SecurityContext> all = new ArrayList<>();
    pod.spec().initContainers().stream().map(Container::securityContext).forEach(all::add);
    pod.spec().containers().stream().map(Container::securityContext).forEach(all::add);
    pod.spec().ephemeralContainers().stream()
        .map(EphemeralContainer::securityContext)
        .forEach(all::add);
    Long common = null;
    for (SecurityContext own : all) {
      Long user = own == null || own.runAsUser() == null ? standard : own.runAsUser();
      if (user == null || (common != null && !common.equals(user))) {
        return null;
      }
      common = user;
    }
    return common == null ? null : Math.toIntExact(common);
  }
}
