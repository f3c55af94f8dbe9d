package io.tiphys.controllers.statefulset;

import io.tiphys.api.ApiObject;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.meta.GroupVersionKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a set's pods, and whom they end with. Checked against
 * pkg/controller/statefulset/stateful_set_utils.go.
 */
final class Claims {
  private Claims() {}

  static String name(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
    return template.name() + "-" + set.name() + "-" + ordinal;
  }

  /** The claims of an ordinal within the set's range, to be created. */
  static List<PersistentVolumeClaim> of(StatefulSet set, int ordinal) {
    List<PersistentVolumeClaim> claims = new ArrayList<>();
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      Map<String, String> labels = new LinkedHashMap<>(template.metadata().labels());
      LabelSelector selector = set.spec().selector();
      labels.putAll(selector == null ? Map.of() : selector.matchLabels());
      ObjectMeta meta =
          template.metadata().toBuilder()
              .namespace(set.namespace())
              .name(name(set, template, ordinal))
              .labels(labels)
              .ownerReferences(endsWithSet(set) ? List.of(ControllerRefs.of(set)) : List.of())
              .build();
      claims.add(template.withMetadata(meta).withStatus(PersistentVolumeClaimStatus.EMPTY));
    }
    return claims;
  }

  static boolean endsWithSet(StatefulSet set) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy =
        set.spec().persistentVolumeClaimRetentionPolicy();
    return policy != null && policy.whenDeleted().equals("Delete");
  }

  static boolean endsWithPod(StatefulSet set) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy =
        set.spec().persistentVolumeClaimRetentionPolicy();
    return policy != null && policy.whenScaled().equals("Delete");
  }

  /**
   * Whether the claim is still owned by a pod of this name that is not this one: it will go, and a
   * new pod must not begin with it.
   *
   * @param podUid null for a pod still to be created
   */
  static boolean isStale(PersistentVolumeClaim claim, String podName, @Nullable String podUid) {
    return claim.metadata().ownerReferences().stream()
        .anyMatch(
            reference ->
                refersTo(reference, Pod.TYPE.gvk(), podName) && !reference.uid().equals(podUid));
  }

  /**
   * The owners a claim should have by the set's policy: none, the set, or, once it is scaled away,
   * the pod. A claim that others manage is left to them.
   */
  static List<OwnerReference> owners(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    List<OwnerReference> before = claim.metadata().ownerReferences();
    boolean staleSet =
        before.stream()
            .anyMatch(
                reference ->
                    refersTo(reference, set.type().gvk(), set.name())
                        && !reference.uid().equals(set.metadata().uid()));
    if (staleSet || isStale(claim, pod.name(), pod.metadata().uid())) {
      return before;
    }
    List<OwnerReference> others = new ArrayList<>(before);
    others.removeIf(reference -> is(reference, set) || is(reference, pod));
    if (others.stream().anyMatch(other -> Boolean.TRUE.equals(other.controller()))) {
      return others;
    }
    boolean gone = !Identity.isInRange(set, Identity.ordinal(set, pod.name()));
    if (gone && endsWithPod(set)) {
      others.add(ControllerRefs.of(pod));
    } else if (endsWithSet(set)) {
      others.add(ControllerRefs.of(set));
    }
    return others;
  }

  static boolean hasForeignController(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    return claim.metadata().ownerReferences().stream()
        .anyMatch(
            reference ->
                Boolean.TRUE.equals(reference.controller())
                    && !is(reference, set)
                    && !is(reference, pod));
  }

  private static boolean is(OwnerReference reference, ApiObject owner) {
    return reference.uid().equals(owner.metadata().uid());
  }

  private static boolean refersTo(OwnerReference reference, GroupVersionKind kind, String name) {
    return reference.apiVersion().equals(kind.apiVersion())
        && reference.kind().equals(kind.kind())
        && reference.name().equals(name);
  }
}
