package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.AppArmorProfile;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills the AppArmor profiles of a new pod's containers from its annotations, for nodes that read
 * only the fields; checked against applyAppArmorVersionSkew in pkg/registry/core/pod/strategy.go.
 */
final class AppArmorFields {
  private static final FieldPath ANNOTATIONS = FieldPath.of("metadata", "annotations");

  private AppArmorFields() {}

  static Pod filled(Pod pod) {
    if (isWindows(pod)
        || pod.metadata().annotations().keySet().stream().noneMatch(AppArmorFields::isOurs)) {
      return pod;
    }
    var spec = pod.spec();
    List<Container> containers = new ArrayList<>();
    spec.containers()
        .forEach(
            c -> containers.add(c.withSecurityContext(filled(pod, c.name(), c.securityContext()))));
    List<Container> init = new ArrayList<>();
    spec.initContainers()
        .forEach(c -> init.add(c.withSecurityContext(filled(pod, c.name(), c.securityContext()))));
    List<EphemeralContainer> ephemeral = new ArrayList<>();
    spec.ephemeralContainers()
        .forEach(
            c -> ephemeral.add(c.withSecurityContext(filled(pod, c.name(), c.securityContext()))));
    return pod.withSpec(
        spec.toBuilder()
            .containers(containers)
            .initContainers(init)
            .ephemeralContainers(ephemeral)
            .build());
  }

  private static boolean isWindows(Pod pod) {
    return pod.spec().os() != null && pod.spec().os().name().equals("windows");
  }

  private static boolean isOurs(String annotation) {
    return annotation.startsWith(ProfileAnnotations.APP_ARMOR);
  }

  private static @Nullable SecurityContext filled(
      Pod pod, String container, @Nullable SecurityContext own) {
    String annotation = pod.metadata().annotations().get(ProfileAnnotations.APP_ARMOR + container);
    if (annotation == null || (own != null && own.appArmorProfile() != null)) {
      return own;
    }
    AppArmorProfile profile = valid(annotation);
    return profile == null || profile.equals(ofPod(pod))
        ? own
        : (own == null ? SecurityContext.EMPTY : own).withAppArmorProfile(profile);
  }

  private static @Nullable AppArmorProfile ofPod(Pod pod) {
    PodSecurityContext security = pod.spec().securityContext();
    return security == null ? null : security.appArmorProfile();
  }

  /** The profile that an annotation stands for, unless no field may say it. */
  private static @Nullable AppArmorProfile valid(String annotation) {
    AppArmorProfile profile = ProfileAnnotations.appArmor(annotation);
    Checks checks = new Checks();
    new SecurityValidation(checks).appArmor(profile, FieldPath.of(""));
    return checks.errors().isEmpty() ? profile : null;
  }

  /** What the author of {@code pod} should hear before the fields are filled. */
  static List<String> warnings(Pod pod) {
    List<String> warnings = new ArrayList<>();
    if (isWindows(pod)) {
      return warnings;
    }
    for (Contained container : Contained.all(pod.spec(), FieldPath.of("spec"))) {
      String key = ProfileAnnotations.APP_ARMOR + container.name();
      String annotation = pod.metadata().annotations().get(key);
      SecurityContext own = container.security();
      if (annotation == null || (own != null && own.appArmorProfile() != null)) {
        continue;
      }
      AppArmorProfile profile = valid(annotation);
      if (profile == null || !profile.equals(ofPod(pod))) {
        warnings.add(
            ANNOTATIONS.key(key)
                + ": deprecated since v1.30; use the \"appArmorProfile\" field instead");
      }
    }
    return warnings;
  }
}
