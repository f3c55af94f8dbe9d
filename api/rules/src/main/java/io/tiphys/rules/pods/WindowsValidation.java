package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.PodOS;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.core.v1.WindowsSecurityContextOptions;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's operating system allows; checked against validateOS, validateLinux, validateWindows,
 * validateWindowsHostProcessPod and validateWindowsSecurityContextOptions.
 */
final class WindowsValidation {
  private static final List<String> SYSTEMS = List.of("linux", "windows");

  /** Upstream's maxGMSACredentialSpecLength. */
  private static final int MAX_CREDENTIALS = 64 * 1024;

  /** Upstream's maxRunAsUserNameDomainLength and maxRunAsUserNameUserLength. */
  private static final int MAX_DOMAIN = 256;

  private static final int MAX_USER = 104;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern NET_BIOS =
      Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");

  /** The longest label of DNS. */
  private static final int MAX_LABEL = 63;

  private static final Pattern NO_USER = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");
  private static final Pattern DOTS = Pattern.compile("[. ]+");
  private final Checks checks;

  WindowsValidation(Checks checks) {
    this.checks = checks;
  }

  void options(@Nullable WindowsSecurityContextOptions options, FieldPath path) {
    if (options == null) {
      return;
    }
    String name = options.gmsaCredentialSpecName();
    if (name != null) {
      checks.each(path.child("gmsaCredentialSpecName"), name, Names.dns1123Subdomain(name));
    }
    String credentials = options.gmsaCredentialSpec();
    FieldPath at = path.child("gmsaCredentialSpec");
    if (credentials != null && credentials.isEmpty()) {
      checks.invalid(at, credentials, "gmsaCredentialSpec cannot be an empty string");
    } else if (credentials != null && bytes(credentials) > MAX_CREDENTIALS) {
      checks.invalid(at, credentials, "gmsaCredentialSpec size must be under 64 KiB");
    }
    if (options.runAsUserName() != null) {
      userName(options.runAsUserName(), path.child("runAsUserName"));
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A user, perhaps of a domain: {@code DOMAIN\\user}. */
  private void userName(String name, FieldPath path) {
    String[] parts = name.split("\\\\", -1);
    if (name.isEmpty()) {
      checks.invalid(path, name, "runAsUserName cannot be an empty string");
    } else if (CONTROL.matcher(name).find()) {
      checks.invalid(path, name, "runAsUserName cannot contain control characters");
    } else if (parts.length > 2) {
      checks.invalid(path, name, "runAsUserName cannot contain more than one backslash");
    } else {
      if (parts.length == 2) {
        domain(name, parts[0], path);
      }
      user(name, parts[parts.length - 1], path);
    }
  }

  private void domain(String name, String domain, FieldPath path) {
    if (bytes(domain) >= MAX_DOMAIN) {
      checks.invalid(
          path, name, "runAsUserName's Domain length must be under " + MAX_DOMAIN + " characters");
    }
    if (!NET_BIOS.matcher(domain).matches() && !isDnsName(domain)) {
      checks.invalid(
          path, name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
  }

  /** Whether these are labels of DNS, in letters of either size. */
  static boolean isDnsName(CharSequence name) {
    int start = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || name.charAt(i) == '.') {
        boolean label =
            start < i
                && i - start <= MAX_LABEL
                && name.charAt(start) != '-'
                && name.charAt(i - 1) != '-';
        if (!label) {
          return false;
        }
        start = i + 1;
      } else if (!isLetterDigitOrDash(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterDigitOrDash(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  private void user(String name, String user, FieldPath path) {
    if (user.isEmpty()) {
      checks.invalid(path, name, "runAsUserName's User cannot be empty");
    } else if (bytes(user) > MAX_USER) {
      checks.invalid(
          path,
          name,
          "runAsUserName's User length must not be longer than " + MAX_USER + " characters");
    }
    if (DOTS.matcher(user).matches()) {
      checks.invalid(path, name, "runAsUserName's User cannot contain only periods or spaces");
    }
    if (NO_USER.matcher(user).find()) {
      checks.invalid(
          path,
          name,
          "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
  }

  /** All containers of a pod are processes of the host, or none is. */
  void hostProcess(PodSpec spec, FieldPath path) {
    PodSecurityContext security = spec.securityContext();
    Boolean ofPod = hostProcess(security == null ? null : security.windowsOptions());
    int inHost = 0;
    List<Contained> containers = Contained.all(spec, path);
    for (Contained container : containers) {
      SecurityContext own = container.security();
      Boolean ofContainer = hostProcess(own == null ? null : own.windowsOptions());
      if (ofPod != null && ofContainer != null && !ofPod.equals(ofContainer)) {
        checks.invalid(
            container.path().child("securityContext", "windowsOptions", "hostProcess"),
            ofContainer,
            "pod hostProcess value must be identical if both are specified, was " + ofPod);
      }
      inHost += Boolean.TRUE.equals(ofContainer == null ? ofPod : ofContainer) ? 1 : 0;
    }
    if (inHost > 0 && inHost != containers.size()) {
      checks.invalid(
          path,
          "",
          "If pod contains any hostProcess containers then all containers must be HostProcess"
              + " containers");
    }
    if (inHost > 0 && !spec.hostNetwork()) {
      checks.invalid(
          path.child("hostNetwork"),
          false,
          "hostNetwork must be true if pod contains any hostProcess containers");
    }
  }

  private static @Nullable Boolean hostProcess(@Nullable WindowsSecurityContextOptions options) {
    return options == null ? null : options.hostProcess();
  }

  void system(PodSpec spec, FieldPath path) {
    PodOS os = spec.os();
    if (os == null) {
      return;
    }
    switch (os.name()) {
      case "" -> checks.required(path.child("os", "name"));
      case "linux" -> linux(spec, path);
      case "windows" -> windows(spec, path);
      default -> checks.add(FieldError.notSupported(path.child("os"), os.name(), SYSTEMS));
    }
  }

  private void linux(PodSpec spec, FieldPath path) {
    String why = "windows options cannot be set for a linux pod";
    PodSecurityContext security = spec.securityContext();
    if (security != null && security.windowsOptions() != null) {
      checks.forbidden(path.child("securityContext", "windowsOptions"), why);
    }
    for (Contained container : Contained.all(spec, path)) {
      SecurityContext own = container.security();
      if (own != null && own.windowsOptions() != null) {
        checks.forbidden(container.path().child("securityContext", "windowsOptions"), why);
      }
    }
  }

  private void windows(PodSpec spec, FieldPath path) {
    PodSecurityContext pod =
        spec.securityContext() == null ? PodSecurityContext.EMPTY : spec.securityContext();
    FieldPath at = path.child("securityContext");
    unset(pod.appArmorProfile(), at.child("appArmorProfile"));
    unset(pod.seLinuxOptions(), at.child("seLinuxOptions"));
    unset(spec.hostUsers(), path.child("hostUsers"));
    unset(spec.hostPID() ? Boolean.TRUE : null, path.child("hostPID"));
    unset(spec.hostIPC() ? Boolean.TRUE : null, path.child("hostIPC"));
    unset(pod.seccompProfile(), at.child("seccompProfile"));
    unset(pod.fsGroup(), at.child("fsGroup"));
    unset(pod.fsGroupChangePolicy(), at.child("fsGroupChangePolicy"));
    unset(pod.sysctls().isEmpty() ? null : pod.sysctls(), at.child("sysctls"));
    unset(spec.shareProcessNamespace(), path.child("shareProcessNamespace"));
    unset(pod.runAsUser(), at.child("runAsUser"));
    unset(pod.runAsGroup(), at.child("runAsGroup"));
    unset(
        pod.supplementalGroups().isEmpty() ? null : pod.supplementalGroups(),
        at.child("supplementalGroups"));
    unset(pod.supplementalGroupsPolicy(), at.child("supplementalGroupsPolicy"));
    unset(pod.seLinuxChangePolicy(), at.child("seLinuxChangePolicy"));
    for (Contained container : Contained.all(spec, path)) {
      SecurityContext own = container.security();
      if (own != null) {
        windows(own, container.path().child("securityContext"));
      }
    }
  }

  private void windows(SecurityContext security, FieldPath path) {
    unset(security.appArmorProfile(), path.child("appArmorProfile"));
    unset(security.seLinuxOptions(), path.child("seLinuxOptions"));
    unset(security.seccompProfile(), path.child("seccompProfile"));
    unset(security.capabilities(), path.child("capabilities"));
    unset(security.readOnlyRootFilesystem(), path.child("readOnlyRootFilesystem"));
    unset(security.privileged(), path.child("privileged"));
    unset(security.allowPrivilegeEscalation(), path.child("allowPrivilegeEscalation"));
    unset(security.procMount(), path.child("procMount"));
    unset(security.runAsUser(), path.child("runAsUser"));
    unset(security.runAsGroup(), path.child("runAsGroup"));
  }

  private void unset(@Nullable Object value, FieldPath path) {
    if (value != null) {
      checks.forbidden(path, "cannot be set for a windows pod");
    }
  }
}
