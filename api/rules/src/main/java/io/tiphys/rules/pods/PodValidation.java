package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodDNSConfig;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's spec; checked against pkg/apis/core/validation/validation.go. */
public final class PodValidation {
  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> DNS_POLICIES =
      List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
  private static final List<String> PREEMPTION = List.of("Never", "PreemptLowerPriority");
  private static final int MAX_NAMESERVERS = 3;
  private static final int MAX_SEARCH_PATHS = 32;

  private final Checks checks = new Checks();
  private final PodSpec spec;
  private final FieldPath path;

  private PodValidation(PodSpec spec, FieldPath path) {
    this.spec = spec;
    this.path = path;
  }

  /** What is wrong with a pod itself. */
  static List<FieldError> of(Pod pod, FieldPath path) {
    PodSpec spec = pod.spec();
    PodValidation validation = new PodValidation(spec, path);
    PodAnnotations.check(validation.checks, pod.metadata().annotations(), spec.nodeName());
    validation.check(true);
    validation.onlyOfPods();
    return validation.checks.errors();
  }

  /**
   * What is wrong with a template.
   *
   * @param path of the template
   */
  public static List<FieldError> of(PodTemplateSpec template, FieldPath path) {
    PodValidation validation = new PodValidation(template.spec(), path.child("spec"));
    Checks checks = validation.checks;
    checks.addAll(
        ObjectMetaRules.validateLabels(template.metadata().labels(), path.child("labels")));
    checks.addAll(
        ObjectMetaRules.validateAnnotations(
            template.metadata().annotations(), path.child("annotations")));
    validation.check(false);
    if (!template.spec().ephemeralContainers().isEmpty()) {
      checks.forbidden(
          path.child("spec", "ephemeralContainers"),
          "ephemeral containers not allowed in pod template");
    }
    return checks.errors();
  }

  private void check(boolean isPod) {
    if (spec.terminationGracePeriodSeconds() == null) {
      checks.required(path.child("terminationGracePeriodSeconds"));
    }
    containers();
    hostNetwork(isPod);
    checks.oneOf(path.child("restartPolicy"), spec.restartPolicy(), RESTART_POLICIES);
    checks.oneOf(path.child("dnsPolicy"), spec.dnsPolicy(), DNS_POLICIES);
    checks.addAll(ObjectMetaRules.validateLabels(spec.nodeSelector(), path.child("nodeSelector")));
    new SecurityValidation(checks).pod(spec, path.child("securityContext"));
    PlacementValidation placement = new PlacementValidation(checks);
    placement.affinity(spec.affinity(), path.child("affinity"));
    dns(spec.dnsConfig(), path.child("dnsConfig"));
    gates();
    placement.spread(spec.topologySpreadConstraints(), path.child("topologySpreadConstraints"));
    names();
    Long deadline = spec.activeDeadlineSeconds();
    if (deadline != null) {
      checks.each(
          path.child("activeDeadlineSeconds"),
          deadline,
          Names.inRange(deadline, 1, Integer.MAX_VALUE));
    }
    checks.addAll(TolerationValidation.of(spec.tolerations(), path.child("tolerations")));
    checks.supported(path.child("preemptionPolicy"), spec.preemptionPolicy(), PREEMPTION);
  }

  private void containers() {
    Set<String> volumes = new VolumeValidation(checks).names(spec.volumes(), path.child("volumes"));
    ContainerValidation containers =
        new ContainerValidation(
            checks,
            volumes,
            spec.terminationGracePeriodSeconds(),
            !Boolean.FALSE.equals(spec.hostUsers()));
    containers.regular(spec.containers(), path.child("containers"));
    containers.init(spec.initContainers(), spec.containers(), path.child("initContainers"));
    Set<String> names = new HashSet<>();
    spec.containers().forEach(container -> names.add(container.name()));
    spec.initContainers().forEach(container -> names.add(container.name()));
    containers.ephemeral(spec.ephemeralContainers(), names, path.child("ephemeralContainers"));
  }

  /** In a template the host's port may be left out: pods get it when they are made. */
  private void hostNetwork(boolean isPod) {
    if (!spec.hostNetwork()) {
      return;
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      List<ContainerPort> ports = spec.containers().get(i).ports();
      for (int j = 0; j < ports.size(); j++) {
        int host = ports.get(j).hostPort();
        if ((isPod || host != 0) && host != ports.get(j).containerPort()) {
          checks.invalid(
              path.child("containers").index(i).child("ports").index(j).child("hostPort"),
              host,
              "must match `containerPort` when `hostNetwork` is true");
        }
      }
    }
  }

  private void dns(@Nullable PodDNSConfig config, FieldPath at) {
    if (spec.dnsPolicy().equals("None") && config == null) {
      checks.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
      return;
    }
    if (spec.dnsPolicy().equals("None") && config != null && config.nameservers().isEmpty()) {
      checks.required(
          at.child("nameservers"),
          "must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
    if (config == null) {
      return;
    }
    if (config.nameservers().size() > MAX_NAMESERVERS) {
      checks.invalid(
          at.child("nameservers"), config.nameservers(), "must not have more than 3 nameservers");
    }
    if (config.searches().size() > MAX_SEARCH_PATHS) {
      checks.invalid(
          at.child("searches"), config.searches(), "must not have more than 32 search paths");
    }
    for (int i = 0; i < config.nameservers().size(); i++) {
      Addresses.ip(
          checks, at.child("nameservers").index(i), config.nameservers().get(i), List.of());
    }
    for (int i = 0; i < config.options().size(); i++) {
      if (config.options().get(i).name().isEmpty()) {
        checks.required(at.child("options").index(i), "must not be empty");
      }
    }
  }

  private void gates() {
    for (int i = 0; i < spec.readinessGates().size(); i++) {
      String type = spec.readinessGates().get(i).conditionType();
      FieldPath at = path.child("readinessGates").index(i).child("conditionType");
      checks.each(at, type, Names.qualifiedName(type));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.schedulingGates().size(); i++) {
      String name = spec.schedulingGates().get(i).name();
      FieldPath at = path.child("schedulingGates").index(i);
      checks.each(at, name, Names.qualifiedName(name));
      if (!seen.add(name)) {
        checks.add(FieldError.duplicate(at, name));
      }
    }
  }

  private void names() {
    name("serviceAccountName", spec.serviceAccountName(), true);
    name("nodeName", spec.nodeName(), true);
    name("hostname", spec.hostname(), false);
    name("subdomain", spec.subdomain(), false);
    name("priorityClassName", spec.priorityClassName(), true);
    for (int i = 0; i < spec.hostAliases().size(); i++) {
      FieldPath ip = path.child("hostAliases").index(i).child("ip");
      Addresses.ip(checks, ip, spec.hostAliases().get(i).ip(), List.of());
      List<String> hosts = spec.hostAliases().get(i).hostnames();
      for (int j = 0; j < hosts.size(); j++) {
        FieldPath at = path.child("hostAliases").index(i).child("hostnames").index(j);
        checks.each(at, hosts.get(j), Names.dns1123Subdomain(hosts.get(j)));
      }
    }
  }

  private void name(String field, String name, boolean subdomain) {
    if (!name.isEmpty()) {
      checks.each(
          path.child(field),
          name,
          subdomain ? Names.dns1123Subdomain(name) : Names.dns1123Label(name));
    }
  }

  /** What templates are let go with: validatePodMetadataAndSpec says why. */
  private void onlyOfPods() {
    for (int i = 0; i < spec.volumes().size() && spec.serviceAccountName().isEmpty(); i++) {
      var projected = spec.volumes().get(i).projected();
      List<VolumeProjection> sources = projected == null ? List.of() : projected.sources();
      for (int j = 0; j < sources.size(); j++) {
        if (sources.get(j).serviceAccountToken() != null) {
          checks.forbidden(
              path.child("volumes")
                  .index(i)
                  .child("projected", "sources")
                  .index(j)
                  .child("serviceAccountToken"),
              "must not be specified when serviceAccountName is not set");
        }
      }
    }
    trimmed(spec.containers(), path.child("containers"));
    trimmed(spec.initContainers(), path.child("initContainers"));
  }

  private void trimmed(List<Container> containers, FieldPath at) {
    ContainerValidation validation = new ContainerValidation(checks, Set.of(), null, true);
    for (int i = 0; i < containers.size(); i++) {
      validation.trimmedImage(containers.get(i).image(), at.index(i));
    }
  }
}
