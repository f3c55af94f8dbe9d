package io.tiphys.controllers.statefulset;

import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.client.EventRecorder;

/**
 * A set that was made as a Pet Set behaves like one of Kubernetes 1.3: a pet counts as healthy only
 * once it says that it is initialized, and while one is not, nothing is created or deleted.
 */
final class PetMode {
  /** As PetSetRules.MARK in module rules, which controllers do not depend on. */
  private static final String MARK = "apps.tiphys.io/made-as";

  private static final String PET_SET = "PetSet";
  private static final String API_VERSION = "apps/v1alpha1";
  private static final String INITIALIZED = "pod.alpha.kubernetes.io/initialized";

  private PetMode() {}

  static boolean is(StatefulSet set) {
    return PET_SET.equals(set.metadata().annotations().get(MARK));
  }

  /** What events name: who made a PetSet asks for the events of a PetSet. */
  static ObjectReference reference(StatefulSet set) {
    return EventRecorder.reference(set).toBuilder().apiVersion(API_VERSION).kind(PET_SET).build();
  }

  /** As Go's strconv.ParseBool reads it; absent counts as no. */
  static boolean isInitialized(Pod pod) {
    return switch (pod.metadata().annotations().getOrDefault(INITIALIZED, "")) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      default -> false;
    };
  }
}
