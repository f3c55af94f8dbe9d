package io.tiphys.server.admission.podsecurity;

import static io.tiphys.server.admission.podsecurity.Check.restricted;
import static io.tiphys.server.admission.podsecurity.Check.since;
import static io.tiphys.server.admission.podsecurity.Finding.containers;
import static io.tiphys.server.admission.podsecurity.Finding.counted;
import static io.tiphys.server.admission.podsecurity.Finding.quoted;
import static io.tiphys.server.admission.podsecurity.Finding.typed;
import static io.tiphys.server.admission.podsecurity.Finding.uses;

import io.tiphys.api.core.v1.Capabilities;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.server.admission.podsecurity.Candidate.Each;
import io.tiphys.server.admission.podsecurity.Finding.Setters;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is demanded of restricted pods besides: what is considered best at present. Pure. Checked
 * against pod-security-admission/policy/check_*.go.
 */
final class RestrictedChecks {
  static final List<Check> ALL =
      List.of(
          restricted(
              "allowPrivilegeEscalation",
              since(8, RestrictedChecks::privilegeEscalation),
              since(25, exceptWindows(RestrictedChecks::privilegeEscalation))),
          restricted(
              "capabilities_restricted",
              since(22, RestrictedChecks::capabilities, BaselineChecks.CAPABILITIES),
              since(
                  25, exceptWindows(RestrictedChecks::capabilities), BaselineChecks.CAPABILITIES)),
          restricted(
              "procMount_restricted",
              since(35, BaselineChecks::procMount, BaselineChecks.PROC_MOUNT)),
          restricted(
              "restrictedVolumes",
              since(0, RestrictedChecks::volumes, BaselineChecks.HOST_PATH_VOLUMES)),
          restricted(
              "runAsNonRoot",
              since(0, RestrictedChecks::runAsNonRoot),
              since(35, exceptOwnUsers(RestrictedChecks::runAsNonRoot))),
          restricted(
              "runAsUser",
              since(23, RestrictedChecks::runAsUser),
              since(35, exceptOwnUsers(RestrictedChecks::runAsUser))),
          restricted(
              "seccompProfile_restricted",
              since(19, ProfileChecks::seccompChosen, BaselineChecks.SECCOMP),
              since(25, exceptWindows(ProfileChecks::seccompChosen), BaselineChecks.SECCOMP)));

  private RestrictedChecks() {}

  /** What pods of Windows cannot set at all is not demanded of them. */
  private static Check.Test exceptWindows(Check.Test test) {
    return pod -> pod.isOfWindows() ? null : test.look(pod);
  }

  /** Root within a user namespace is nobody outside. */
  private static Check.Test exceptOwnUsers(Check.Test test) {
    return pod -> pod.hasOwnUsers() ? null : test.look(pod);
  }

  private static @Nullable Finding privilegeEscalation(Candidate pod) {
    List<String> offenders =
        pod.each().stream()
            .filter(each -> !Boolean.FALSE.equals(each.security().allowPrivilegeEscalation()))
            .map(Each::name)
            .toList();
    return offenders.isEmpty()
        ? null
        : new Finding(
            "allowPrivilegeEscalation != false",
            containers(offenders) + " must set securityContext.allowPrivilegeEscalation=false");
  }

  private static @Nullable Finding capabilities(Candidate pod) {
    List<String> keeping = new ArrayList<>();
    for (Each container : pod.each()) {
      Capabilities capabilities = container.security().capabilities();
      if (capabilities == null || !capabilities.drop().contains("ALL")) {
        keeping.add(container.name());
      }
    }
    SortedSet<String> added = new TreeSet<>();
    List<String> adding =
        BaselineChecks.offenders(
            pod,
            added,
            (container, bad) -> {
              if (container.security().capabilities() != null) {
                container.security().capabilities().add().stream()
                    .filter(name -> !name.equals("NET_BIND_SERVICE"))
                    .forEach(bad);
              }
            });
    List<String> details = new ArrayList<>();
    if (!keeping.isEmpty()) {
      details.add(containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    if (!adding.isEmpty()) {
      details.add(
          "%s must not include %s in securityContext.capabilities.add"
              .formatted(containers(adding), quoted(added)));
    }
    return details.isEmpty()
        ? null
        : new Finding("unrestricted capabilities", String.join("; ", details));
  }

  private static @Nullable Finding volumes(Candidate pod) {
    List<String> names = new ArrayList<>();
    SortedSet<String> types = new TreeSet<>();
    for (Volume volume : pod.spec().volumes()) {
      if (!isHarmless(volume)) {
        names.add(volume.name());
        types.add(VolumeKind.of(volume));
      }
    }
    return names.isEmpty()
        ? null
        : new Finding(
            "restricted volume types",
            "%s %s %s %s"
                .formatted(
                    counted("volume", names),
                    quoted(names),
                    uses(names),
                    typed("restricted volume type", types)));
  }

  private static boolean isHarmless(Volume volume) {
    return volume.configMap() != null
        || volume.csi() != null
        || volume.downwardAPI() != null
        || volume.emptyDir() != null
        || volume.ephemeral() != null
        || volume.image() != null
        || volume.persistentVolumeClaim() != null
        || volume.projected() != null
        || volume.secret() != null;
  }

  private static @Nullable Finding runAsNonRoot(Candidate pod) {
    Setters setters = new Setters();
    Boolean ofPod = pod.security().runAsNonRoot();
    if (Boolean.FALSE.equals(ofPod)) {
      setters.pod();
    }
    List<String> silent = new ArrayList<>();
    for (Each container : pod.each()) {
      Boolean own = container.security().runAsNonRoot();
      if (Boolean.FALSE.equals(own)) {
        setters.container(container.name());
      } else if (own == null && !Boolean.TRUE.equals(ofPod)) {
        silent.add(container.name());
      }
    }
    if (!setters.none()) {
      return new Finding(
          "runAsNonRoot != true", setters + " must not set securityContext.runAsNonRoot=false");
    }
    return silent.isEmpty()
        ? null
        : new Finding(
            "runAsNonRoot != true",
            "pod or " + containers(silent) + " must set securityContext.runAsNonRoot=true");
  }

  private static @Nullable Finding runAsUser(Candidate pod) {
    Setters setters = new Setters();
    if (isRoot(pod.security().runAsUser())) {
      setters.pod();
    }
    for (Each container : pod.each()) {
      if (isRoot(container.security().runAsUser())) {
        setters.container(container.name());
      }
    }
    return setters.none()
        ? null
        : new Finding("runAsUser=0", setters + " must not set runAsUser=0");
  }

  private static boolean isRoot(@Nullable Long user) {
    return user != null && user == 0;
  }
}
