package io.tiphys.server.admission.podsecurity;

import static io.tiphys.server.admission.podsecurity.Check.baseline;
import static io.tiphys.server.admission.podsecurity.Check.since;
import static io.tiphys.server.admission.podsecurity.Finding.containers;
import static io.tiphys.server.admission.podsecurity.Finding.counted;
import static io.tiphys.server.admission.podsecurity.Finding.quoted;
import static io.tiphys.server.admission.podsecurity.Finding.typed;
import static io.tiphys.server.admission.podsecurity.Finding.uses;

import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Lifecycle;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.WindowsSecurityContextOptions;
import io.tiphys.server.admission.podsecurity.Candidate.Each;
import io.tiphys.server.admission.podsecurity.Finding.Setters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the baseline demands: known ways to the host are closed. Pure. Checked against
 * pod-security-admission/policy/check_*.go.
 */
final class BaselineChecks {
  static final String HOST_PATH_VOLUMES = "hostPathVolumes";
  static final String CAPABILITIES = "capabilities_baseline";
  static final String SECCOMP = "seccompProfile_baseline";
  static final String PROC_MOUNT = "procMount";

  static final List<Check> ALL =
      List.of(
          baseline("appArmorProfile", since(0, ProfileChecks::appArmor)),
          baseline(CAPABILITIES, since(0, BaselineChecks::capabilities)),
          baseline("hostNamespaces", since(0, BaselineChecks::hostNamespaces)),
          baseline(HOST_PATH_VOLUMES, since(0, BaselineChecks::hostPathVolumes)),
          baseline("hostPorts", since(0, BaselineChecks::hostPorts)),
          baseline("hostProbesAndHostLifecycle", since(34, BaselineChecks::probedHosts)),
          baseline("privileged", since(0, BaselineChecks::privileged)),
          baseline(
              PROC_MOUNT,
              since(0, BaselineChecks::procMount),
              since(35, pod -> pod.hasOwnUsers() ? null : procMount(pod))),
          baseline(
              "seLinuxOptions",
              since(0, pod -> ProfileChecks.seLinux(pod, ProfileChecks.SELINUX_TYPES)),
              since(31, pod -> ProfileChecks.seLinux(pod, ProfileChecks.SELINUX_TYPES_1_31))),
          baseline(
              SECCOMP,
              since(0, ProfileChecks::seccompAnnotations),
              since(19, ProfileChecks::seccomp)),
          baseline(
              "sysctls",
              since(0, pod -> Sysctls.check(pod, 0)),
              since(27, pod -> Sysctls.check(pod, 27)),
              since(29, pod -> Sysctls.check(pod, 29)),
              since(32, pod -> Sysctls.check(pod, 32))),
          baseline("windowsHostProcess", since(0, BaselineChecks::windowsHostProcess)));

  private static final Set<String> DEFAULT_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private BaselineChecks() {}

  /**
   * Looks at each container.
   *
   * @param looks gives every bad value to its second argument
   * @param bad gets all bad values
   * @return the containers that have some
   */
  static List<String> offenders(
      Candidate pod, SortedSet<String> bad, BiConsumer<Each, Consumer<String>> looks) {
    List<String> offenders = new ArrayList<>();
    for (Each container : pod.each()) {
      List<String> found = new ArrayList<>();
      looks.accept(container, found::add);
      if (!found.isEmpty()) {
        offenders.add(container.name());
        bad.addAll(found);
      }
    }
    return offenders;
  }

  private static @Nullable Finding capabilities(Candidate pod) {
    SortedSet<String> more = new TreeSet<>();
    List<String> offenders =
        offenders(
            pod,
            more,
            (container, bad) -> {
              if (container.security().capabilities() != null) {
                container.security().capabilities().add().stream()
                    .filter(name -> !DEFAULT_CAPABILITIES.contains(name))
                    .forEach(bad);
              }
            });
    return offenders.isEmpty()
        ? null
        : new Finding(
            "non-default capabilities",
            "%s must not include %s in securityContext.capabilities.add"
                .formatted(containers(offenders), quoted(more)));
  }

  private static @Nullable Finding hostNamespaces(Candidate pod) {
    List<String> shared = new ArrayList<>();
    if (pod.spec().hostNetwork()) {
      shared.add("hostNetwork=true");
    }
    if (pod.spec().hostPID()) {
      shared.add("hostPID=true");
    }
    if (pod.spec().hostIPC()) {
      shared.add("hostIPC=true");
    }
    return shared.isEmpty() ? null : new Finding("host namespaces", String.join(", ", shared));
  }

  private static @Nullable Finding hostPathVolumes(Candidate pod) {
    List<String> names =
        pod.spec().volumes().stream()
            .filter(volume -> volume.hostPath() != null)
            .map(Volume::name)
            .toList();
    return names.isEmpty()
        ? null
        : new Finding("hostPath volumes", counted("volume", names) + " " + quoted(names));
  }

  private static @Nullable Finding hostPorts(Candidate pod) {
    SortedSet<String> ports = new TreeSet<>();
    List<String> offenders =
        offenders(
            pod,
            ports,
            (container, bad) -> {
              for (ContainerPort port : container.ports()) {
                if (port.hostPort() != 0) {
                  bad.accept(Integer.toString(port.hostPort()));
                }
              }
            });
    return offenders.isEmpty()
        ? null
        : new Finding(
            "hostPort",
            "%s %s %s %s"
                .formatted(
                    containers(offenders),
                    uses(offenders),
                    counted("hostPort", ports),
                    String.join(", ", ports)));
  }

  private static @Nullable Finding probedHosts(Candidate pod) {
    SortedSet<String> hosts = new TreeSet<>();
    SortedSet<String> offenders =
        new TreeSet<>(
            offenders(
                pod,
                hosts,
                (container, bad) -> {
                  container.probes().forEach(probe -> hosts(probe, bad));
                  Lifecycle lifecycle = container.lifecycle();
                  if (lifecycle != null) {
                    hosts(lifecycle.postStart(), bad);
                    hosts(lifecycle.preStop(), bad);
                  }
                }));
    return offenders.isEmpty()
        ? null
        : new Finding(
            "probe or lifecycle host",
            "%s %s %s"
                .formatted(
                    containers(offenders),
                    uses(offenders),
                    typed("probe or lifecycle host", hosts)));
  }

  private static void hosts(Probe probe, Consumer<String> bad) {
    if (probe.httpGet() != null && !probe.httpGet().host().isEmpty()) {
      bad.accept(probe.httpGet().host());
    }
    if (probe.tcpSocket() != null && !probe.tcpSocket().host().isEmpty()) {
      bad.accept(probe.tcpSocket().host());
    }
  }

  private static void hosts(@Nullable LifecycleHandler handler, Consumer<String> bad) {
    if (handler == null) {
      return;
    }
    if (handler.httpGet() != null && !handler.httpGet().host().isEmpty()) {
      bad.accept(handler.httpGet().host());
    }
    if (handler.tcpSocket() != null && !handler.tcpSocket().host().isEmpty()) {
      bad.accept(handler.tcpSocket().host());
    }
  }

  private static @Nullable Finding privileged(Candidate pod) {
    List<String> offenders =
        pod.each().stream()
            .filter(container -> Boolean.TRUE.equals(container.security().privileged()))
            .map(Each::name)
            .toList();
    return offenders.isEmpty()
        ? null
        : new Finding(
            "privileged", containers(offenders) + " must not set securityContext.privileged=true");
  }

  static @Nullable Finding procMount(Candidate pod) {
    SortedSet<String> types = new TreeSet<>();
    List<String> offenders =
        offenders(
            pod,
            types,
            (container, bad) -> {
              String type = container.security().procMount();
              if (type != null && !type.equals("Default")) {
                bad.accept(type);
              }
            });
    return offenders.isEmpty()
        ? null
        : new Finding(
            "procMount",
            "%s must not set securityContext.procMount to %s"
                .formatted(containers(offenders), quoted(types)));
  }

  private static @Nullable Finding windowsHostProcess(Candidate pod) {
    Setters setters = new Setters();
    if (isHostProcess(pod.security().windowsOptions())) {
      setters.pod();
    }
    for (Each container : pod.each()) {
      if (isHostProcess(container.security().windowsOptions())) {
        setters.container(container.name());
      }
    }
    return setters.none()
        ? null
        : new Finding(
            "hostProcess",
            setters + " must not set securityContext.windowsOptions.hostProcess=true");
  }

  private static boolean isHostProcess(@Nullable WindowsSecurityContextOptions options) {
    return options != null && Boolean.TRUE.equals(options.hostProcess());
  }
}
