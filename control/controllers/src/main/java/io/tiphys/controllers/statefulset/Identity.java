package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetOrdinals;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.controllers.kit.PodControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who a pod of a set is: its ordinal, and the names, labels and volumes that follow from it.
 * Checked against pkg/controller/statefulset/stateful_set_utils.go.
 */
final class Identity {
  static final String REVISION = "controller-revision-hash";
  static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
  static final String POD_INDEX = "apps.kubernetes.io/pod-index";

  private Identity() {}

  /** -1 for a pod that is not named as a member of this set. */
  static int ordinal(StatefulSet set, String podName) {
    String setName = set.name();
    int digits = setName.length() + 1;
    if (podName.length() <= digits
        || podName.charAt(digits - 1) != '-'
        || !podName.startsWith(setName)) {
      return -1;
    }
    long ordinal = 0;
    for (int i = digits; i < podName.length(); i++) {
      int digit = podName.charAt(i) - '0';
      ordinal = ordinal * 10 + digit;
      if (digit < 0 || digit > 9 || ordinal > Integer.MAX_VALUE) {
        return -1;
      }
    }
    return (int) ordinal;
  }

  static int start(StatefulSet set) {
    StatefulSetOrdinals ordinals = set.spec().ordinals();
    return ordinals == null ? 0 : ordinals.start();
  }

  static int wished(StatefulSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  static boolean isInRange(StatefulSet set, int ordinal) {
    return ordinal >= start(set) && ordinal < start(set) + wished(set);
  }

  static String podName(StatefulSet set, int ordinal) {
    return set.name() + "-" + ordinal;
  }

  static String revision(Pod pod) {
    return pod.metadata().labels().getOrDefault(REVISION, "");
  }

  /** The pod of an ordinal, to be created. */
  static Pod pod(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
    Pod pod = PodControl.fromTemplate(template, set);
    String name = podName(set, ordinal);
    Map<String, String> labels = labels(pod.metadata().labels(), name, ordinal);
    labels.put(REVISION, revision);
    ObjectMeta.Builder meta = pod.metadata().toBuilder();
    return pod.withMetadata(meta.generateName("").name(name).labels(labels).build())
        .withSpec(
            pod.spec()
                .withHostname(name)
                .withSubdomain(set.spec().serviceName())
                .withVolumes(volumes(set, pod.spec().volumes(), ordinal)));
  }

  private static Map<String, String> labels(Map<String, String> before, String name, int ordinal) {
    Map<String, String> labels = new LinkedHashMap<>(before);
    labels.put(POD_NAME, name);
    labels.put(POD_INDEX, String.valueOf(ordinal));
    return labels;
  }

  /** Volumes of claims replace those of the same name. */
  private static List<Volume> volumes(StatefulSet set, List<Volume> before, int ordinal) {
    List<PersistentVolumeClaim> templates = set.spec().volumeClaimTemplates();
    List<Volume> volumes = new ArrayList<>();
    for (PersistentVolumeClaim template : templates) {
      volumes.add(
          Volume.builder()
              .name(template.name())
              .persistentVolumeClaim(
                  new PersistentVolumeClaimVolumeSource(Claims.name(set, template, ordinal), false))
              .build());
    }
    Set<String> taken =
        templates.stream()
            .map(PersistentVolumeClaim::name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    before.stream().filter(volume -> !taken.contains(volume.name())).forEach(volumes::add);
    return volumes;
  }

  /** Whether the pod still is who it was made to be. */
  static boolean matches(StatefulSet set, Pod pod) {
    if (!pod.name().equals(pod.metadata().labels().get(POD_NAME))) {
      return false;
    }
    int ordinal = ordinal(set, pod.name());
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      String claim = Claims.name(set, template, ordinal);
      boolean mounted =
          pod.spec().volumes().stream()
              .filter(volume -> volume.name().equals(template.name()))
              .map(Volume::persistentVolumeClaim)
              .anyMatch(source -> source != null && source.claimName().equals(claim));
      if (!mounted) {
        return false;
      }
    }
    return true;
  }

  /** The pod as it should be. */
  static Pod repaired(StatefulSet set, Pod pod) {
    int ordinal = ordinal(set, pod.name());
    Map<String, String> labels = labels(pod.metadata().labels(), pod.name(), ordinal);
    return pod.withMetadata(pod.metadata().withLabels(labels))
        .withSpec(
            matches(set, pod.withMetadata(pod.metadata().withLabels(labels)))
                ? pod.spec()
                : pod.spec().withVolumes(volumes(set, pod.spec().volumes(), ordinal)));
  }
}
