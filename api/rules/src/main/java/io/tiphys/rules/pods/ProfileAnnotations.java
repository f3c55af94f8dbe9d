package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.AppArmorProfile;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.SeccompProfile;
import io.tiphys.meta.GoText;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotations that named profiles of AppArmor and seccomp before there were fields for them;
 * checked against ValidateAppArmorPodAnnotations, ValidateSeccompPodAnnotations and the functions
 * that hold them against the fields.
 */
public final class ProfileAnnotations {
  static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
  private static final String SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
  private static final String SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String LOCALHOST = "localhost/";
  private static final String UNCONFINED = "unconfined";
  private static final String DEFAULT = "runtime/default";
  private static final Set<String> SECCOMP_DEFAULTS = Set.of(DEFAULT, "docker/default");

  private ProfileAnnotations() {}

  /** Whether the annotations are such profiles, of containers that there are. */
  static void check(Checks checks, Map<String, String> annotations, PodSpec spec, FieldPath path) {
    Map<String, String> sorted = new TreeMap<>(annotations);
    sorted.forEach(
        (key, profile) -> {
          if (key.equals(SECCOMP_OF_POD) || key.startsWith(SECCOMP)) {
            seccomp(checks, profile, path.child(key));
          }
        });
    List<Contained> containers = Contained.all(spec, path);
    sorted.forEach(
        (key, profile) -> {
          if (key.startsWith(APP_ARMOR)) {
            String container = key.substring(APP_ARMOR.length());
            if (containers.stream().noneMatch(each -> each.name().equals(container))) {
              checks.invalid(path.key(key), container, "container not found");
            }
            if (!isAppArmor(profile)) {
              checks.invalid(
                  path.key(key),
                  profile,
                  "invalid AppArmor profile name: " + GoText.quote(profile));
            }
          }
        });
  }

  private static boolean isAppArmor(String profile) {
    return profile.isEmpty()
        || profile.equals(DEFAULT)
        || profile.equals(UNCONFINED)
        || profile.startsWith(LOCALHOST);
  }

  private static void seccomp(Checks checks, String profile, FieldPath path) {
    if (profile.startsWith(LOCALHOST)) {
      VolumeValidation.inside(checks, profile.substring(LOCALHOST.length()), path);
    } else if (!SECCOMP_DEFAULTS.contains(profile) && !profile.equals(UNCONFINED)) {
      checks.invalid(path, profile, "must be a valid seccomp profile");
    }
  }

  /** Where an annotation and its field are both given, they must say the same. */
  static void match(Checks checks, Map<String, String> annotations, PodSpec spec, FieldPath path) {
    var pod = spec.securityContext();
    if (pod != null) {
      FieldPath at = path.child("securityContext", "seccompProfile");
      match(checks, annotations.get(SECCOMP_OF_POD), pod.seccompProfile(), at);
    }
    List<Contained> containers = Contained.all(spec, path);
    for (Contained container : containers) {
      var own = container.security();
      FieldPath at = container.path().child("securityContext", "seccompProfile");
      if (own != null) {
        match(checks, annotations.get(SECCOMP + container.name()), own.seccompProfile(), at);
      }
    }
    if (spec.os() != null && spec.os().name().equals("windows")) {
      return;
    }
    for (Contained container : containers) {
      var own = container.security();
      AppArmorProfile profile = own == null ? null : own.appArmorProfile();
      if (profile == null && pod != null) {
        profile = pod.appArmorProfile();
      }
      FieldPath at = container.path().child("securityContext", "appArmorProfile");
      match(checks, annotations.get(APP_ARMOR + container.name()), profile, at);
    }
  }

  private static void match(
      Checks checks, @Nullable String annotation, @Nullable SeccompProfile field, FieldPath path) {
    if (annotation != null && field != null) {
      match(
          checks,
          annotation,
          new Profile("seccomp", field.type(), field.localhostProfile(), SECCOMP_DEFAULTS),
          path);
    }
  }

  private static void match(
      Checks checks, @Nullable String annotation, @Nullable AppArmorProfile field, FieldPath path) {
    if (annotation != null && field != null) {
      match(
          checks,
          annotation,
          new Profile("apparmor", field.type(), field.localhostProfile(), Set.of(DEFAULT)),
          path);
    }
  }

  /**
   * A profile of either sort.
   *
   * @param defaults what an annotation may say for the runtime's own profile
   */
  private record Profile(String sort, String type, @Nullable String file, Set<String> defaults) {}

  private static void match(Checks checks, String annotation, Profile profile, FieldPath path) {
    boolean sameType =
        switch (profile.type) {
          case "Unconfined" -> annotation.equals(UNCONFINED);
          case "RuntimeDefault" -> profile.defaults.contains(annotation);
          case "Localhost" -> annotation.startsWith(LOCALHOST);
          default -> true; // said elsewhere
        };
    if (!sameType) {
      checks.forbidden(
          path.child("type"), profile.sort + " type in annotation and field must match");
    } else if (profile.type.equals("Localhost")
        && !annotation.substring(LOCALHOST.length()).equals(profile.file)) {
      checks.forbidden(
          path.child("localhostProfile"),
          profile.sort + " profile in annotation and field must match");
    }
  }

  /**
   * The field that an annotation of AppArmor stands for; null when it stands for none. As
   * ApparmorFieldForAnnotation in pkg/api/pod.
   */
  public static @Nullable AppArmorProfile appArmor(String annotation) {
    if (annotation.equals(UNCONFINED)) {
      return AppArmorProfile.builder().type("Unconfined").build();
    }
    if (annotation.equals(DEFAULT)) {
      return AppArmorProfile.builder().type("RuntimeDefault").build();
    }
    if (annotation.startsWith(LOCALHOST) && annotation.length() > LOCALHOST.length()) {
      String file = annotation.substring(LOCALHOST.length());
      return AppArmorProfile.builder().type("Localhost").localhostProfile(file).build();
    }
    return null;
  }
}
