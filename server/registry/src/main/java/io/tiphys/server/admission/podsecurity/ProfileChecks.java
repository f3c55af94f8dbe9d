package io.tiphys.server.admission.podsecurity;

import static io.tiphys.server.admission.podsecurity.Finding.containers;
import static io.tiphys.server.admission.podsecurity.Finding.counted;
import static io.tiphys.server.admission.podsecurity.Finding.quoted;
import static io.tiphys.server.admission.podsecurity.Finding.typed;

import io.tiphys.api.core.v1.AppArmorProfile;
import io.tiphys.api.core.v1.SELinuxOptions;
import io.tiphys.api.core.v1.SeccompProfile;
import io.tiphys.meta.GoText;
import io.tiphys.server.admission.podsecurity.Candidate.Each;
import io.tiphys.server.admission.podsecurity.Finding.Setters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The profiles of AppArmor, SELinux and seccomp that a pod may choose. Pure. */
final class ProfileChecks {
  static final Set<String> SELINUX_TYPES =
      Set.of("", "container_t", "container_init_t", "container_kvm_t");
  static final Set<String> SELINUX_TYPES_1_31 =
      Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

  private static final Set<String> TYPES = Set.of("RuntimeDefault", "Localhost");
  private static final String APPARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";
  private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String SECCOMP_PREFIX = "container.seccomp.security.alpha.kubernetes.io/";

  private ProfileChecks() {}

  static @Nullable Finding appArmor(Candidate pod) {
    SortedSet<String> types = new TreeSet<>();
    Setters setters = new Setters();
    if (isBad(pod.security().appArmorProfile(), types)) {
      setters.pod();
    }
    for (Each container : pod.each()) {
      if (isBad(container.security().appArmorProfile(), types)) {
        setters.container(container.name());
      }
    }
    SortedSet<String> annotations = new TreeSet<>();
    pod.metadata()
        .annotations()
        .forEach(
            (key, value) -> {
              boolean allowed =
                  value.isEmpty()
                      || value.equals("runtime/default")
                      || value.startsWith("localhost/");
              if (key.startsWith(APPARMOR_PREFIX) && !allowed) {
                annotations.add(key + "=" + GoText.quote(value));
              }
            });
    List<String> values = new ArrayList<>(types);
    values.addAll(annotations);
    List<String> who = setters.all();
    if (!annotations.isEmpty()) {
      who.add(counted("annotation", annotations));
    }
    return who.isEmpty()
        ? null
        : new Finding(
            counted("forbidden AppArmor profile", values),
            "%s must not set AppArmor profile type to %s"
                .formatted(String.join(" and ", who), quoted(values)));
  }

  private static boolean isBad(@Nullable AppArmorProfile profile, Set<String> bad) {
    return profile != null && isBad(profile.type(), bad);
  }

  private static boolean isBad(@Nullable SeccompProfile profile, Set<String> bad) {
    return profile != null && isBad(profile.type(), bad);
  }

  private static boolean isBad(String type, Set<String> bad) {
    boolean isBad = !TYPES.contains(type);
    if (isBad) {
      bad.add(type);
    }
    return isBad;
  }

  static @Nullable Finding seLinux(Candidate pod, Set<String> allowed) {
    SeLinux found = new SeLinux(allowed);
    Setters setters = new Setters();
    if (found.isBad(pod.security().seLinuxOptions())) {
      setters.pod();
    }
    for (Each container : pod.each()) {
      if (found.isBad(container.security().seLinuxOptions())) {
        setters.container(container.name());
      }
    }
    return setters.none()
        ? null
        : new Finding(
            "seLinuxOptions",
            setters + " set forbidden securityContext.seLinuxOptions: " + found.told());
  }

  /** What is wrong with the options seen so far. */
  private static final class SeLinux {
    private final Set<String> allowed;
    private final SortedSet<String> types = new TreeSet<>();
    private boolean user;
    private boolean role;

    SeLinux(Set<String> allowed) {
      this.allowed = allowed;
    }

    boolean isBad(@Nullable SELinuxOptions options) {
      if (options == null) {
        return false;
      }
      boolean badType = !allowed.contains(options.type());
      if (badType) {
        types.add(options.type());
      }
      user |= !options.user().isEmpty();
      role |= !options.role().isEmpty();
      return badType || !options.user().isEmpty() || !options.role().isEmpty();
    }

    String told() {
      List<String> told = new ArrayList<>();
      if (!types.isEmpty()) {
        told.add(typed("type", types));
      }
      if (user) {
        told.add("user may not be set");
      }
      if (role) {
        told.add("role may not be set");
      }
      return String.join("; ", told);
    }
  }

  /** Before there were fields, annotations chose the profile. */
  static @Nullable Finding seccompAnnotations(Candidate pod) {
    Map<String, String> annotations = pod.metadata().annotations();
    SortedSet<String> forbidden = new TreeSet<>();
    List<String> keys = new ArrayList<>(List.of(SECCOMP_POD));
    pod.each().forEach(container -> keys.add(SECCOMP_PREFIX + container.name()));
    for (String key : keys) {
      String value = annotations.getOrDefault(key, "runtime/default");
      boolean allowed =
          value.equals("runtime/default")
              || value.equals("docker/default")
              || value.startsWith("localhost/");
      if (!allowed) {
        forbidden.add(key + "=" + GoText.quote(value));
      }
    }
    return forbidden.isEmpty()
        ? null
        : new Finding(
            "seccompProfile",
            "forbidden %s %s"
                .formatted(counted("annotation", forbidden), String.join(", ", forbidden)));
  }

  static @Nullable Finding seccomp(Candidate pod) {
    SortedSet<String> types = new TreeSet<>();
    Setters setters = new Setters();
    if (isBad(pod.security().seccompProfile(), types)) {
      setters.pod();
    }
    for (Each container : pod.each()) {
      if (isBad(container.security().seccompProfile(), types)) {
        setters.container(container.name());
      }
    }
    return setters.none()
        ? null
        : new Finding(
            "seccompProfile",
            "%s must not set securityContext.seccompProfile.type to %s"
                .formatted(setters, quoted(types)));
  }

  /** A profile must be chosen, by the pod or by each container that does not inherit it. */
  static @Nullable Finding seccompChosen(Candidate pod) {
    Finding bad = seccomp(pod);
    if (bad != null) {
      return bad;
    }
    List<String> silent =
        pod.security().seccompProfile() != null
            ? List.of()
            : pod.each().stream()
                .filter(container -> container.security().seccompProfile() == null)
                .map(Each::name)
                .toList();
    return silent.isEmpty()
        ? null
        : new Finding(
            "seccompProfile",
            "pod or %s must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""
                .formatted(containers(silent)));
  }
}
