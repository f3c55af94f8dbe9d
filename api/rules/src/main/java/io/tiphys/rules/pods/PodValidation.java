package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.FileKeySelector;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodResourceClaim;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's spec; checked against pkg/apis/core/validation/validation.go. */
public final class PodValidation {
  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> PREEMPTION = List.of("PreemptLowerPriority", "Never");

  /** The longest host name that Linux takes. */
  private static final int MAX_HOSTNAME = 64;

  private final Checks checks = new Checks();
  private final PodSpec spec;
  private final FieldPath path;

  private PodValidation(PodSpec spec, FieldPath path) {
    this.spec = spec;
    this.path = path;
  }

  /** What is wrong with a new pod; checked against ValidatePodCreate. */
  static List<FieldError> ofNew(Pod pod, FieldPath path) {
    PodSpec spec = pod.spec();
    Checks checks = new Checks();
    checks.addAll(of(pod, path));
    if (!spec.ephemeralContainers().isEmpty()) {
      checks.forbidden(path.child("ephemeralContainers"), "cannot be set on create");
    }
    if (!spec.nodeName().isEmpty() && !spec.schedulingGates().isEmpty()) {
      checks.forbidden(
          path.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
    ProfileAnnotations.match(checks, pod.metadata().annotations(), spec, path);
    return checks.errors();
  }

  /** What is wrong with a pod itself. */
  static List<FieldError> of(Pod pod, FieldPath path) {
    Map<String, String> annotations = pod.metadata().annotations();
    PodValidation validation = new PodValidation(pod.spec(), path);
    FieldPath metadata = FieldPath.of("metadata", "annotations");
    PodAnnotations.check(validation.checks, annotations, pod.spec(), metadata);
    validation.check(pod.name(), true, PodAnnotations.isMirror(annotations));
    validation.onlyOfPods();
    return validation.checks.errors();
  }

  /**
   * What is wrong with a template.
   *
   * @param path of the template
   */
  public static List<FieldError> of(PodTemplateSpec template, FieldPath path) {
    PodSpec spec = template.spec();
    Map<String, String> annotations = template.metadata().annotations();
    PodValidation validation = new PodValidation(spec, path.child("spec"));
    Checks checks = validation.checks;
    FieldPath at = path.child("annotations");
    checks.addAll(
        ObjectMetaRules.validateLabels(template.metadata().labels(), path.child("labels")));
    checks.addAll(ObjectMetaRules.validateAnnotations(annotations, at));
    PodAnnotations.check(checks, annotations, spec, at);
    validation.check("", false, false);
    ProfileAnnotations.match(checks, annotations, spec, path.child("spec"));
    if (!spec.ephemeralContainers().isEmpty()) {
      checks.forbidden(
          path.child("spec", "ephemeralContainers"),
          "ephemeral containers not allowed in pod template");
    }
    return checks.errors();
  }

  /**
   * In upstream's order.
   *
   * @param name the pod's, or empty when it has none yet
   * @param isMirror whether the pod is a mirror of one that its node found by itself
   */
  private void check(String name, boolean isPod, boolean isMirror) {
    if (spec.terminationGracePeriodSeconds() == null) {
      checks.required(path.child("terminationGracePeriodSeconds"));
    }
    containers(name, isPod, isMirror);
    new ResourceValidation(checks).pod(spec, path.child("resources"));
    hostNetwork(isPod);
    checks.oneOf(path.child("restartPolicy"), spec.restartPolicy(), RESTART_POLICIES);
    checks.oneOf(path.child("dnsPolicy"), spec.dnsPolicy(), DnsValidation.POLICIES);
    checks.addAll(ObjectMetaRules.validateLabels(spec.nodeSelector(), path.child("nodeSelector")));
    new SecurityValidation(checks).pod(spec, path.child("securityContext"));
    PlacementValidation placement = new PlacementValidation(checks);
    placement.affinity(spec.affinity(), path.child("affinity"));
    new DnsValidation(checks).check(spec, path);
    gates();
    placement.spread(spec.topologySpreadConstraints(), path.child("topologySpreadConstraints"));
    WindowsValidation windows = new WindowsValidation(checks);
    windows.hostProcess(spec, path);
    hostUsers();
    hostname();
    names();
    windows.system(spec, path);
    files();
  }

  private void containers(String name, boolean isPod, boolean isMirror) {
    Map<String, Volume> volumes =
        new VolumeValidation(checks, isPod).byName(spec.volumes(), name, path.child("volumes"));
    claims(isMirror);
    ContainerValidation containers = new ContainerValidation(checks, spec, volumes);
    containers.regular(spec.containers(), path.child("containers"));
    containers.init(spec.initContainers(), spec.containers(), path.child("initContainers"));
    Set<String> names = new HashSet<>();
    spec.containers().forEach(container -> names.add(container.name()));
    spec.initContainers().forEach(container -> names.add(container.name()));
    containers.ephemeral(spec.ephemeralContainers(), names, path.child("ephemeralContainers"));
  }

  /** Claims of devices; checked against validatePodResourceClaim. */
  private void claims(boolean isMirror) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.resourceClaims().size(); i++) {
      PodResourceClaim claim = spec.resourceClaims().get(i);
      FieldPath at = path.child("resourceClaims").index(i);
      if (isMirror) {
        checks.forbidden(FieldPath.of(""), "static pods do not support resource claims");
        continue;
      }
      if (claim.name().isEmpty()) {
        checks.required(at.child("name"));
      } else if (!seen.add(claim.name())) {
        checks.add(FieldError.duplicate(at.child("name"), claim.name()));
      } else {
        checks.each(at.child("name"), claim.name(), Names.dns1123Label(claim.name()));
      }
      String own = claim.resourceClaimName();
      String template = claim.resourceClaimTemplateName();
      if ((own == null) == (template == null)) {
        checks.invalid(
            at,
            GoStructs.show("core.PodResourceClaim", claim::write),
            own == null
                ? "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
                : "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be"
                    + " specified");
      }
      subdomain(at.child("resourceClaimName"), own);
      subdomain(at.child("resourceClaimTemplateName"), template);
    }
  }

  private void subdomain(FieldPath at, @Nullable String name) {
    if (name != null) {
      checks.each(at, name, Names.dns1123Subdomain(name));
    }
  }

  /** Users of its own a pod has only where it has all else of its own, too. */
  private void hostUsers() {
    if (!Boolean.FALSE.equals(spec.hostUsers())) {
      return;
    }
    String why = "when `hostUsers` is false";
    if (spec.hostNetwork()) {
      checks.forbidden(path.child("hostNetwork"), why);
    }
    if (spec.hostPID()) {
      checks.forbidden(path.child("HostPID"), why);
    }
    if (spec.hostIPC()) {
      checks.forbidden(path.child("HostIPC"), why);
    }
    for (Contained container : Contained.all(spec, path)) {
      if (!container.devices().isEmpty()) {
        checks.forbidden(container.path().child("volumeDevices"), why);
      }
    }
  }

  private void hostname() {
    String name = spec.hostnameOverride();
    if (name == null) {
      return;
    }
    FieldPath at = path.child("hostnameOverride");
    if (Boolean.TRUE.equals(spec.setHostnameAsFQDN())) {
      checks.forbidden(at, "may not be specified when setHostnameAsFQDN is true");
    }
    if (spec.hostNetwork()) {
      checks.forbidden(at, "may not be specified when hostNetwork is true");
    }
    if (name.length() > MAX_HOSTNAME) {
      checks.add(FieldError.tooLong(at, MAX_HOSTNAME));
    }
    checks.each(at, name, Names.dns1123Subdomain(name));
  }

  /** Variables are read from files of the pod's own folders only. */
  private void files() {
    Map<String, Volume> volumes = new HashMap<>();
    spec.volumes().forEach(volume -> volumes.put(volume.name(), volume));
    for (Contained container : Contained.all(spec, path)) {
      for (int i = 0; i < container.env().size(); i++) {
        EnvVarSource source = container.env().get(i).valueFrom();
        FileKeySelector file = source == null ? null : source.fileKeyRef();
        if (file == null) {
          continue;
        }
        FieldPath at =
            container.path().child("env").index(i).child("valueFrom", "fileKeyRef", "volumeName");
        Volume volume = volumes.get(file.volumeName());
        if (volume == null) {
          checks.add(FieldError.notFound(at, file.volumeName()));
        } else if (volume.emptyDir() == null) {
          checks.invalid(at, file.volumeName(), "referenced volume must be of type emptyDir");
        }
      }
    }
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

  /** Names of other objects, and what else stands beside them. */
  private void names() {
    name("serviceAccountName", spec.serviceAccountName(), true);
    name("nodeName", spec.nodeName(), true);
    Long deadline = spec.activeDeadlineSeconds();
    if (deadline != null) {
      checks.each(
          path.child("activeDeadlineSeconds"),
          deadline,
          Names.inRange(deadline, 1, Integer.MAX_VALUE));
    }
    name("hostname", spec.hostname(), false);
    name("subdomain", spec.subdomain(), false);
    checks.addAll(TolerationValidation.of(spec.tolerations(), path.child("tolerations")));
    for (int i = 0; i < spec.hostAliases().size(); i++) {
      FieldPath ip = path.child("hostAliases").index(i).child("ip");
      Addresses.ip(checks, ip, spec.hostAliases().get(i).ip(), List.of());
      List<String> hosts = spec.hostAliases().get(i).hostnames();
      for (int j = 0; j < hosts.size(); j++) {
        FieldPath at = path.child("hostAliases").index(i).child("hostnames").index(j);
        checks.each(at, hosts.get(j), Names.dns1123Subdomain(hosts.get(j)));
      }
    }
    name("priorityClassName", spec.priorityClassName(), true);
    subdomain(path.child("runtimeClassName"), spec.runtimeClassName());
    if (spec.preemptionPolicy() != null) {
      checks.oneOf(path.child("preemptionPolicy"), spec.preemptionPolicy(), PREEMPTION);
    }
    if (!spec.overhead().isEmpty()) {
      new ResourceValidation(checks)
          .container(
              ResourceRequirements.builder().limits(spec.overhead()).build(),
              Set.of(),
              path.child("overhead"));
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
    for (int i = 0; i < containers.size(); i++) {
      ContainerValidation.trimmedImage(checks, containers.get(i).image(), at.index(i));
    }
  }
}
