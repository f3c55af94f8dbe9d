package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The identities of a set: names, claims, labels by ordinal. Pure. Checked against
 * pkg/controller/statefulset/stateful_set_utils.go.
 */
final class Pets {
  /** Marks a set that was made as a PetSet of 1.3; the same as api/rules' PetSetRules.MARK. */
  static final String MARK = "apps.tiphys.io/made-as";

  static final String REVISION = "controller-revision-hash";
  private static final String INITIALIZED = "pod.alpha.kubernetes.io/initialized";

  private Pets() {}

  static boolean isPetSet(StatefulSet set) {
    return set.metadata().annotations().containsKey(MARK);
  }

  static String name(StatefulSet set, int ordinal) {
    return set.name() + "-" + ordinal;
  }

  /** -1 for a pod that is none of the set's. */
  static int ordinal(StatefulSet set, Pod pod) {
    String prefix = set.name() + "-";
    if (!pod.name().startsWith(prefix)) {
      return -1;
    }
    try {
      return Integer.parseInt(pod.name().substring(prefix.length()));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  static int first(StatefulSet set) {
    return set.spec().ordinals() == null ? 0 : set.spec().ordinals().start();
  }

  static int replicas(StatefulSet set) {
    Integer replicas = set.spec().replicas();
    return replicas == null ? 1 : replicas;
  }

  /** A set of 1.3 waits for the word of the pet's author too. */
  static boolean isHealthy(StatefulSet set, Pod pod) {
    boolean running =
        pod.status().phase().equals("Running") && Pods.isReady(pod) && !Pods.isTerminating(pod);
    return running
        && (!isPetSet(set) || "true".equals(pod.metadata().annotations().get(INITIALIZED)));
  }

  /** Whether "false" holds everything up, as the debug feature of 1.3 did. */
  static boolean holdsUp(StatefulSet set, Pod pod) {
    return isPetSet(set) && !"true".equals(pod.metadata().annotations().get(INITIALIZED));
  }

  static List<PersistentVolumeClaim> claims(StatefulSet set, int ordinal) {
    LabelSelector selector = set.spec().selector();
    Map<String, String> labels = selector == null ? Map.of() : selector.matchLabels();
    List<PersistentVolumeClaim> claims = new ArrayList<>();
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      Map<String, String> all = new LinkedHashMap<>(template.metadata().labels());
      all.putAll(labels);
      claims.add(
          PersistentVolumeClaim.builder()
              .metadata(
                  ObjectMeta.builder()
                      .namespace(set.namespace())
                      .name(template.name() + "-" + name(set, ordinal))
                      .labels(all)
                      .annotations(template.metadata().annotations())
                      .build())
              .spec(template.spec())
              .build());
    }
    return claims;
  }

  static Pod pod(StatefulSet set, int ordinal, String revision) {
    Pod made = PodControl.fromTemplate(set.spec().template(), set);
    String name = name(set, ordinal);
    Map<String, String> labels = new LinkedHashMap<>(made.metadata().labels());
    labels.put("statefulset.kubernetes.io/pod-name", name);
    labels.put("apps.kubernetes.io/pod-index", String.valueOf(ordinal));
    labels.put(REVISION, revision);
    OwnerReference owner = ControllerRefs.of(set);
    PodSpec spec =
        made.spec().toBuilder()
            .hostname(name)
            .subdomain(set.spec().serviceName())
            .volumes(volumes(set, made.spec(), ordinal))
            .build();
    return made.toBuilder()
        .metadata(
            made.metadata().toBuilder()
                .namespace(set.namespace())
                .generateName("")
                .name(name)
                .labels(labels)
                .ownerReferences(List.of(owner))
                .build())
        .spec(spec)
        .build();
  }

  /** A claim's volume takes the place of the template's of that name. */
  private static List<Volume> volumes(StatefulSet set, PodSpec spec, int ordinal) {
    List<Volume> volumes = new ArrayList<>();
    List<String> claimed = new ArrayList<>();
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      claimed.add(template.name());
      volumes.add(
          Volume.builder()
              .name(template.name())
              .persistentVolumeClaim(
                  PersistentVolumeClaimVolumeSource.builder()
                      .claimName(template.name() + "-" + name(set, ordinal))
                      .build())
              .build());
    }
    spec.volumes().stream().filter(v -> !claimed.contains(v.name())).forEach(volumes::add);
    return volumes;
  }
}
