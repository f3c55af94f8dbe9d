package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.HostAlias;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.TopologySpreadConstraint;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.WeightedPodAffinityTerm;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods and their templates; checked against pkg/api/pod/warnings.go. */
public final class PodWarnings {
  private static final String REMOVED_SYSCTLS =
      "non-functional in v1.11+; use the \"sysctls\" field instead";
  private static final Map<String, String> DEPRECATED_ANNOTATIONS =
      Map.of(
          "scheduler.alpha.kubernetes.io/critical-pod",
          "non-functional in v1.16+; use the \"priorityClassName\" field instead",
          "security.alpha.kubernetes.io/sysctls",
          REMOVED_SYSCTLS,
          "security.alpha.kubernetes.io/unsafe-sysctls",
          REMOVED_SYSCTLS);
  private static final String NO_SELECTOR = "a null labelSelector results in matching no pod";
  static final String SECCOMP_FIELD =
      "non-functional in v1.27+; use the \"seccompProfile\" field instead";

  private final PodSpec spec;
  private final ObjectMeta meta;
  private final FieldPath path;
  private final FieldPath annotations;
  private final boolean template;
  private final Remarks out = new Remarks();

  private PodWarnings(
      PodSpec spec, ObjectMeta meta, FieldPath path, FieldPath annotations, boolean template) {
    this.spec = spec;
    this.meta = meta;
    this.path = path;
    this.annotations = annotations;
    this.template = template;
  }

  public static List<String> of(Pod pod) {
    Remarks name = new Remarks().label(pod.name(), "the Pod's hostname");
    FieldPath annotations = FieldPath.of("metadata", "annotations");
    FieldPath spec = FieldPath.of("spec");
    PodWarnings warnings = new PodWarnings(pod.spec(), pod.metadata(), spec, annotations, false);
    return name.addAll(warnings.all()).list();
  }

  /**
   * @param path of the template
   */
  public static List<String> of(@Nullable PodTemplateSpec template, FieldPath path) {
    if (template == null) {
      return List.of();
    }
    FieldPath annotations = path.child("metadata", "annotations");
    FieldPath spec = path.child("spec");
    return new PodWarnings(template.spec(), template.metadata(), spec, annotations, true).all();
  }

  private List<String> all() {
    placement();
    spread();
    DEPRECATED_ANNOTATIONS.forEach(
        (key, text) -> {
          if (meta.annotations().containsKey(key)) {
            out.add(annotations.key(key), text);
          }
        });
    for (int i = 0; i < spec.volumes().size(); i++) {
      volume(spec.volumes().get(i), path.child("volumes").index(i));
    }
    PathOverlaps.of(spec.volumes(), out);
    hostAliases();
    pullSecrets();
    out.wholeBytes(path.child("overhead"), spec.overhead(), "memory", "ephemeral-storage");
    var security = spec.securityContext();
    String seccomp = "seccomp.security.alpha.kubernetes.io/pod";
    if ((security == null || security.seccompProfile() == null)
        && meta.annotations().containsKey(seccomp)) {
      out.add(annotations.key(seccomp), SECCOMP_FIELD);
    }
    new ContainerWarnings(spec, meta, path, annotations, template).addTo(out);
    Long grace = spec.terminationGracePeriodSeconds();
    if (grace != null && grace < 0) {
      out.add(
          path.child("terminationGracePeriodSeconds"),
          "must be >= 0; negative values are invalid and will be treated as 1");
    }
    selectors();
    addresses();
    return out.list();
  }

  private void placement() {
    for (String label : spec.nodeSelector().keySet()) {
      String remark = NodeLabels.remark(label);
      if (remark != null) {
        out.add(path.child("nodeSelector").key(label), remark);
      }
    }
    NodeAffinity nodes = spec.affinity() == null ? null : spec.affinity().nodeAffinity();
    if (nodes == null) {
      return;
    }
    FieldPath at = path.child("affinity", "nodeAffinity");
    var required = nodes.requiredDuringSchedulingIgnoredDuringExecution();
    if (required != null) {
      FieldPath terms =
          at.child("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
      for (int i = 0; i < required.nodeSelectorTerms().size(); i++) {
        NodeLabels.term(required.nodeSelectorTerms().get(i), false, terms.index(i), out);
      }
    }
    var preferred = nodes.preferredDuringSchedulingIgnoredDuringExecution();
    for (int i = 0; i < preferred.size(); i++) {
      FieldPath term =
          at.child("preferredDuringSchedulingIgnoredDuringExecution").index(i).child("preference");
      NodeLabels.term(preferred.get(i).preference(), true, term, out);
    }
  }

  private void spread() {
    for (int i = 0; i < spec.topologySpreadConstraints().size(); i++) {
      TopologySpreadConstraint each = spec.topologySpreadConstraints().get(i);
      FieldPath at = path.child("topologySpreadConstraints").index(i);
      String remark = NodeLabels.remark(each.topologyKey());
      if (remark != null) {
        out.add(at.child("topologyKey"), each.topologyKey() + " is " + remark);
      }
      if (each.labelSelector() == null) {
        out.add(at.child("labelSelector"), NO_SELECTOR);
      }
    }
  }

  private void volume(Volume volume, FieldPath at) {
    gone(volume.photonPersistentDisk(), at.child("photonPersistentDisk"), "v1.11", "v1.16");
    if (volume.gitRepo() != null) {
      out.add(at.child("gitRepo"), "deprecated in v1.11, and disabled by default in v1.33+");
    }
    gone(volume.scaleIO(), at.child("scaleIO"), "v1.16", "v1.22");
    gone(volume.flocker(), at.child("flocker"), "v1.22", "v1.25");
    gone(volume.storageos(), at.child("storageOS"), "v1.22", "v1.25");
    gone(volume.quobyte(), at.child("quobyte"), "v1.22", "v1.25");
    gone(volume.glusterfs(), at.child("glusterfs"), "v1.25", "v1.26");
    var claim = volume.ephemeral() == null ? null : volume.ephemeral().volumeClaimTemplate();
    if (claim != null) {
      FieldPath of = at.child("ephemeral", "volumeClaimTemplate", "spec");
      out.addAll(StorageWarnings.of(claim.spec(), of));
    }
    gone(volume.cephfs(), at.child("cephfs"), "v1.28", "v1.31");
    gone(volume.rbd(), at.child("rbd"), "v1.28", "v1.31");
  }

  private void gone(@Nullable Object plugin, FieldPath at, String deprecated, String removed) {
    if (plugin != null) {
      out.add(at, "deprecated in " + deprecated + ", non-functional in " + removed + "+");
    }
  }

  private void hostAliases() {
    Set<String> known = new HashSet<>();
    for (int i = 0; i < spec.hostAliases().size(); i++) {
      String ip = spec.hostAliases().get(i).ip();
      if (!known.add(ip)) {
        out.add(path.child("hostAliases").index(i).child("ip"), "duplicate ip " + GoText.quote(ip));
      }
    }
  }

  private void pullSecrets() {
    Set<String> known = new HashSet<>();
    for (int i = 0; i < spec.imagePullSecrets().size(); i++) {
      String name = spec.imagePullSecrets().get(i).name();
      FieldPath at = path.child("imagePullSecrets").index(i).child("name");
      if (!known.add(name)) {
        out.add(at, "duplicate name " + GoText.quote(name));
      }
    }
    for (int i = 0; i < spec.imagePullSecrets().size(); i++) {
      if (spec.imagePullSecrets().get(i).name().isEmpty()) {
        out.add(path.child("imagePullSecrets").index(i).child("name"), "invalid empty name \"\"");
      }
    }
  }

  private void selectors() {
    Affinity affinity = spec.affinity();
    if (affinity == null) {
      return;
    }
    FieldPath at = path.child("affinity");
    var near = affinity.podAffinity();
    if (near != null) {
      required(near.requiredDuringSchedulingIgnoredDuringExecution(), at.child("podAffinity"));
      preferred(near.preferredDuringSchedulingIgnoredDuringExecution(), at.child("podAffinity"));
    }
    var far = affinity.podAntiAffinity();
    if (far != null) {
      required(far.requiredDuringSchedulingIgnoredDuringExecution(), at.child("podAntiAffinity"));
      preferred(far.preferredDuringSchedulingIgnoredDuringExecution(), at.child("podAntiAffinity"));
    }
  }

  private void required(List<PodAffinityTerm> terms, FieldPath at) {
    for (int i = 0; i < terms.size(); i++) {
      if (terms.get(i).labelSelector() == null) {
        FieldPath term = at.child("requiredDuringSchedulingIgnoredDuringExecution").index(i);
        out.add(term.child("labelSelector"), NO_SELECTOR);
      }
    }
  }

  private void preferred(List<WeightedPodAffinityTerm> terms, FieldPath at) {
    for (int i = 0; i < terms.size(); i++) {
      if (terms.get(i).podAffinityTerm().labelSelector() == null) {
        FieldPath term = at.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
        out.add(term.child("podAffinityTerm", "labelSelector"), NO_SELECTOR);
      }
    }
  }

  private void addresses() {
    if (spec.dnsConfig() != null) {
      List<String> servers = spec.dnsConfig().nameservers();
      for (int i = 0; i < servers.size(); i++) {
        Addresses.ip(servers.get(i), path.child("dnsConfig", "nameservers").index(i), out);
      }
    }
    for (int i = 0; i < spec.hostAliases().size(); i++) {
      HostAlias alias = spec.hostAliases().get(i);
      Addresses.ip(alias.ip(), path.child("hostAliases").index(i).child("ip"), out);
    }
  }
}
