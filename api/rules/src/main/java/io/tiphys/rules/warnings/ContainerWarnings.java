package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.AppArmorProfile;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The containers of a pod, and the ports they share; checked against pkg/api/pod/warnings.go. */
final class ContainerWarnings {
  private static final String SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private final PodSpec spec;
  private final ObjectMeta meta;
  private final FieldPath path;
  private final FieldPath annotations;
  private final boolean template;

  ContainerWarnings(
      PodSpec spec, ObjectMeta meta, FieldPath path, FieldPath annotations, boolean template) {
    this.spec = spec;
    this.meta = meta;
    this.path = path;
    this.annotations = annotations;
    this.template = template;
  }

  /** What is asked of containers of every sort. */
  private record Each(
      String name,
      @Nullable SecurityContext security,
      ResourceRequirements resources,
      List<EnvVar> env,
      List<ContainerPort> ports,
      FieldPath at) {}

  private record Port(ContainerPort port, FieldPath at) {}

  private List<Each> containers() {
    List<Each> all = new ArrayList<>();
    for (int i = 0; i < spec.initContainers().size(); i++) {
      var c = spec.initContainers().get(i);
      FieldPath at = path.child("initContainers").index(i);
      all.add(new Each(c.name(), c.securityContext(), c.resources(), c.env(), c.ports(), at));
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      var c = spec.containers().get(i);
      FieldPath at = path.child("containers").index(i);
      all.add(new Each(c.name(), c.securityContext(), c.resources(), c.env(), c.ports(), at));
    }
    for (int i = 0; i < spec.ephemeralContainers().size(); i++) {
      var c = spec.ephemeralContainers().get(i);
      FieldPath at = path.child("ephemeralContainers").index(i);
      all.add(new Each(c.name(), c.securityContext(), c.resources(), c.env(), c.ports(), at));
    }
    return all;
  }

  void addTo(Remarks out) {
    List<Each> containers = containers();
    for (Each each : containers) {
      profiles(each, out);
      FieldPath limits = each.at.child("resources", "limits");
      FieldPath requests = each.at.child("resources", "requests");
      out.wholeBytes(limits, each.resources.limits(), "memory");
      out.wholeBytes(requests, each.resources.requests(), "memory");
      out.wholeBytes(limits, each.resources.limits(), "ephemeral-storage");
      out.wholeBytes(requests, each.resources.requests(), "ephemeral-storage");
      environment(each, out);
    }
    numbers(containers, out);
    names(containers, out);
  }

  private void profiles(Each each, Remarks out) {
    String seccomp = SECCOMP + each.name;
    if ((each.security == null || each.security.seccompProfile() == null)
        && meta.annotations().containsKey(seccomp)) {
      out.add(annotations.key(seccomp), PodWarnings.SECCOMP_FIELD);
    }
    String key = APP_ARMOR + each.name;
    String profile = meta.annotations().get(key);
    boolean field = each.security != null && each.security.appArmorProfile() != null;
    if (template && !field && profile != null && !profile(profile).equals(podProfile())) {
      out.add(
          annotations.key(key),
          "deprecated since v1.30; use the \"appArmorProfile\" field instead");
    }
  }

  private @Nullable AppArmorProfile podProfile() {
    return spec.securityContext() == null ? null : spec.securityContext().appArmorProfile();
  }

  /** The field that an annotation stands for; empty for one that stands for none. */
  private static AppArmorProfile profile(String annotation) {
    AppArmorProfile.Builder profile = AppArmorProfile.builder();
    if (annotation.equals("unconfined")) {
      profile.type("Unconfined");
    } else if (annotation.equals("runtime/default")) {
      profile.type("RuntimeDefault");
    } else if (annotation.startsWith("localhost/") && annotation.length() > "localhost/".length()) {
      profile.type("Localhost").localhostProfile(annotation.substring("localhost/".length()));
    }
    return profile.build();
  }

  private static void environment(Each each, Remarks out) {
    Set<String> known = new HashSet<>();
    for (int i = 0; i < each.env.size(); i++) {
      EnvVar variable = each.env.get(i);
      if (known.add(variable.name())) {
        continue;
      }
      String reference = "$(" + variable.name() + ")";
      boolean extended =
          variable.valueFrom() == null
              && variable.value().contains(reference)
              && !variable.value().equals(reference);
      if (!extended) {
        out.add(
            each.at.child("env").index(i),
            "hides previous definition of "
                + GoText.quote(variable.name())
                + ", which may be dropped when using apply");
      }
    }
  }

  private static void numbers(List<Each> containers, Remarks out) {
    Map<String, List<Port>> known = new HashMap<>();
    for (Each each : containers) {
      for (int i = 0; i < each.ports.size(); i++) {
        ContainerPort port = each.ports.get(i);
        FieldPath at = each.at.child("ports").index(i);
        if (!port.hostIP().isEmpty() && port.hostPort() == 0) {
          out.add(at, "hostIP set without hostPort: " + goStruct(port));
        }
        List<Port> others =
            known.computeIfAbsent(
                port.containerPort() + "/" + port.protocol(), _ -> new ArrayList<>());
        for (Port other : others) {
          String how = clash(port, other.port);
          if (!how.isEmpty()) {
            out.add(at, how + " port definition with " + other.at);
          }
        }
        others.add(new Port(port, at));
      }
    }
  }

  private static String clash(ContainerPort port, ContainerPort other) {
    if (port.hostIP().equals(other.hostIP()) && port.hostPort() == other.hostPort()) {
      return "duplicate";
    }
    if (port.hostPort() == 0 || other.hostPort() == 0) {
      return "overlapping";
    }
    boolean ambiguous =
        port.hostPort() == other.hostPort() && port.hostIP().isEmpty() != other.hostIP().isEmpty();
    return ambiguous ? "dangerously ambiguous" : "";
  }

  /** As Go prints a struct with {@code %+v}. */
  private static String goStruct(ContainerPort port) {
    return "{Name:%s HostPort:%d ContainerPort:%d Protocol:%s HostIP:%s}"
        .formatted(
            port.name(), port.hostPort(), port.containerPort(), port.protocol(), port.hostIP());
  }

  private static void names(List<Each> containers, Remarks out) {
    Map<String, FieldPath> known = new HashMap<>();
    for (Each each : containers) {
      for (int i = 0; i < each.ports.size(); i++) {
        String name = each.ports.get(i).name();
        FieldPath at = each.at.child("ports").index(i);
        FieldPath other = name.isEmpty() ? null : known.putIfAbsent(name, at);
        if (other != null) {
          out.add(
              at,
              "duplicate port name %s with %s, services and probes that select ports by name will use %s"
                  .formatted(GoText.quote(name), other, other));
        }
      }
    }
  }
}
