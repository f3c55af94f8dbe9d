package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.AppArmorProfile;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.SeccompProfile;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Security contexts of pods and containers; checked against validatePodSpecSecurityContext and
 * ValidateSecurityContext in pkg/apis/core/validation.
 */
final class SecurityValidation {
  private static final List<String> GROUP_CHANGE = List.of("Always", "OnRootMismatch");
  private static final List<String> GROUP_POLICIES = List.of("Merge", "Strict");

  /** MountOption waits for the gate SELinuxMount, which is off. */
  private static final List<String> SELINUX_CHANGE = List.of("Recursive");

  private static final List<String> PROFILES = List.of("Localhost", "RuntimeDefault", "Unconfined");
  private static final List<String> PROC_MOUNTS = List.of("Default", "Unmasked");

  /** Upstream's SysctlMaxLength. */
  private static final int MAX_SYSCTL = 253;

  private static final String SYSCTL_SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
  private static final String SYSCTL = "^(" + SYSCTL_SEGMENT + "[\\./])*" + SYSCTL_SEGMENT + "$";
  private static final Pattern SYSCTL_PATTERN = Pattern.compile(SYSCTL);

  /** The longest path that Linux takes, less the end of the text. */
  private static final int MAX_PROFILE_PATH = 4095;

  private final Checks checks;
  private final WindowsValidation windows;

  SecurityValidation(Checks checks) {
    this.checks = checks;
    windows = new WindowsValidation(checks);
  }

  void pod(PodSpec spec, FieldPath path) {
    PodSecurityContext security = spec.securityContext();
    if (security == null) {
      return;
    }
    id(security.fsGroup(), path.child("fsGroup"));
    id(security.runAsUser(), path.child("runAsUser"));
    id(security.runAsGroup(), path.child("runAsGroup"));
    for (int i = 0; i < security.supplementalGroups().size(); i++) {
      id(security.supplementalGroups().get(i), path.child("supplementalGroups").index(i));
    }
    if (spec.hostPID() && Boolean.TRUE.equals(spec.shareProcessNamespace())) {
      checks.invalid(
          path.child("shareProcessNamespace"),
          true,
          "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    sysctls(spec, security, path.child("sysctls"));
    checks.supported(
        path.child("fsGroupChangePolicy"), security.fsGroupChangePolicy(), GROUP_CHANGE);
    seccomp(security.seccompProfile(), path.child("seccompProfile"));
    windows.options(security.windowsOptions(), path.child("windowsOptions"));
    appArmor(security.appArmorProfile(), path.child("appArmorProfile"));
    checks.supported(
        path.child("supplementalGroupsPolicy"),
        security.supplementalGroupsPolicy(),
        GROUP_POLICIES);
    checks.supported(
        path.child("seLinuxChangePolicy"), security.seLinuxChangePolicy(), SELINUX_CHANGE);
  }

  void container(@Nullable SecurityContext security, FieldPath path, boolean hostUsers) {
    if (security == null) {
      return;
    }
    id(security.runAsUser(), path.child("runAsUser"));
    id(security.runAsGroup(), path.child("runAsGroup"));
    checks.supported(path.child("procMount"), security.procMount(), PROC_MOUNTS);
    if (hostUsers && "Unmasked".equals(security.procMount())) {
      checks.invalid(
          path.child("procMount"), "Unmasked", "`hostUsers` must be false to use `Unmasked`");
    }
    seccomp(security.seccompProfile(), path.child("seccompProfile"));
    escalation(security, path);
    windows.options(security.windowsOptions(), path.child("windowsOptions"));
    appArmor(security.appArmorProfile(), path.child("appArmorProfile"));
  }

  private void escalation(SecurityContext security, FieldPath path) {
    if (!Boolean.FALSE.equals(security.allowPrivilegeEscalation())) {
      return;
    }
    String refusal = "cannot set `allowPrivilegeEscalation` to false and `";
    if (Boolean.TRUE.equals(security.privileged())) {
      checks.invalid(
          path,
          GoStructs.show("core.SecurityContext", security::write),
          refusal + "privileged` to true");
    }
    if (security.capabilities() != null
        && security.capabilities().add().contains("CAP_SYS_ADMIN")) {
      checks.invalid(
          path,
          GoStructs.show("core.SecurityContext", security::write),
          refusal + "capabilities.Add` CAP_SYS_ADMIN");
    }
  }

  private void id(@Nullable Long id, FieldPath path) {
    if (id != null) {
      checks.each(path, id, Names.userOrGroupId(id));
    }
  }

  private void sysctls(PodSpec spec, PodSecurityContext security, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < security.sysctls().size(); i++) {
      String name = security.sysctls().get(i).name();
      FieldPath at = path.index(i).child("name");
      if (name.isEmpty()) {
        checks.required(at);
      } else if (name.length() > MAX_SYSCTL || !SYSCTL_PATTERN.matcher(name).matches()) {
        checks.invalid(
            at, name, "must have at most " + MAX_SYSCTL + " characters and match regex " + SYSCTL);
      } else if (!seen.add(name)) {
        checks.add(FieldError.duplicate(at, name));
      }
      switch (Sysctls.namespaceOf(name)) {
        case NET -> hostSetting(spec.hostNetwork(), at, name, "hostNetwork");
        case IPC -> hostSetting(spec.hostIPC(), at, name, "hostIPC");
        case NONE -> {} // the node decides
      }
    }
  }

  /** What the pod shares with the host it may not set for itself. */
  private void hostSetting(boolean shared, FieldPath path, String name, String setting) {
    if (shared) {
      checks.invalid(path, name, "may not be specified when '" + setting + "' is true");
    }
  }

  private void seccomp(@Nullable SeccompProfile profile, FieldPath path) {
    if (profile == null) {
      return;
    }
    String file = profile.localhostProfile();
    type(profile.type(), path.child("type"), "seccompProfile");
    FieldPath at = path.child("localhostProfile");
    if (!profile.type().equals("Localhost")) {
      if (file != null) {
        checks.invalid(
            at,
            GoStructs.show("core.SeccompProfile", profile::write),
            "can only be set when seccomp type is Localhost");
      }
    } else if (file == null) {
      checks.required(at, "must be set when seccomp type is Localhost");
    } else {
      descending(file, at);
    }
  }

  private void descending(String file, FieldPath path) {
    if (file.startsWith("/")) {
      checks.invalid(path, file, "must be a relative path");
    }
    if (Arrays.asList(file.split("/", -1)).contains("..")) {
      checks.invalid(path, file, "must not contain '..'");
    }
  }

  private void type(String type, FieldPath path, String field) {
    if (type.isEmpty()) {
      checks.required(path, "type is required when " + field + " is set");
    } else {
      checks.supported(path, type, PROFILES);
    }
  }

  void appArmor(@Nullable AppArmorProfile profile, FieldPath path) {
    if (profile == null) {
      return;
    }
    String file = profile.localhostProfile();
    FieldPath at = path.child("localhostProfile");
    type(profile.type(), path.child("type"), "appArmorProfile");
    switch (profile.type()) {
      case "Localhost" -> localAppArmor(file, at);
      case "RuntimeDefault", "Unconfined" -> {
        if (file != null) {
          checks.invalid(at, file, "can only be set when AppArmor type is Localhost");
        }
      }
      default -> {} // said above
    }
  }

  private void localAppArmor(@Nullable String name, FieldPath path) {
    if (name == null || name.isEmpty()) {
      checks.required(path, "must be set when AppArmor type is Localhost");
      return;
    }
    if (!name.strip().equals(name)) {
      checks.invalid(path, name, "must not be padded with whitespace");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_PROFILE_PATH) {
      checks.add(FieldError.tooLong(path, MAX_PROFILE_PATH));
    }
  }
}
