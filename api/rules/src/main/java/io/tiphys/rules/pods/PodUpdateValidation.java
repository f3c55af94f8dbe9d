package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;

/** What may change in a pod that is there; checked against ValidatePodUpdate. */
final class PodUpdateValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String UPDATABLE =
      "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
          + "`spec.tolerations` (only additions to existing tolerations),"
          + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously"
          + " negative)";

  private PodUpdateValidation() {}

  static List<FieldError> of(Pod pod, Pod old) {
    PodSpec spec = pod.spec();
    PodSpec before = old.spec();
    List<FieldError> errors = new ArrayList<>(PodValidation.of(spec, SPEC));
    if (!sameNumber(spec.containers(), before.containers(), "containers", errors)
        || !sameNumber(spec.initContainers(), before.initContainers(), "initContainers", errors)) {
      return errors;
    }
    deadline(spec, before, errors);
    if (!spec.tolerations().containsAll(before.tolerations())) {
      errors.add(
          FieldError.forbidden(
              SPEC.child("tolerations"),
              "existing toleration can not be modified except its tolerationSeconds"));
    }
    if (!before.schedulingGates().containsAll(spec.schedulingGates())) {
      errors.add(
          FieldError.forbidden(
              SPEC.child("schedulingGates"), "only deletion is allowed, but found new ones"));
    }
    PodSpec masked =
        spec.toBuilder()
            .containers(withImages(spec.containers(), before.containers()))
            .initContainers(withImages(spec.initContainers(), before.initContainers()))
            .activeDeadlineSeconds(before.activeDeadlineSeconds())
            .tolerations(before.tolerations())
            .schedulingGates(before.schedulingGates())
            .terminationGracePeriodSeconds(grace(spec, before))
            .build();
    if (!masked.equals(before)) {
      errors.add(
          FieldError.forbidden(
              SPEC, "pod updates may not change fields other than " + UPDATABLE + "\n"));
    }
    return errors;
  }

  private static boolean sameNumber(
      List<Container> containers, List<Container> before, String name, List<FieldError> errors) {
    if (containers.size() != before.size()) {
      errors.add(
          FieldError.forbidden(SPEC.child(name), "pod updates may not add or remove containers"));
    }
    return containers.size() == before.size();
  }

  private static void deadline(PodSpec spec, PodSpec before, List<FieldError> errors) {
    Long wanted = spec.activeDeadlineSeconds();
    Long had = before.activeDeadlineSeconds();
    FieldPath path = SPEC.child("activeDeadlineSeconds");
    if (wanted == null && had != null) {
      errors.add(
          FieldError.invalid(path, null, "must not update from a positive integer to nil value"));
    } else if (wanted != null && had != null && had < wanted) {
      errors.add(FieldError.invalid(path, wanted, "must be less than or equal to previous value"));
    }
  }

  private static Long grace(PodSpec spec, PodSpec before) {
    Long had = before.terminationGracePeriodSeconds();
    Long wanted = spec.terminationGracePeriodSeconds();
    boolean mended = had != null && had < 0 && wanted != null && wanted == 1;
    Long kept = mended ? had : wanted;
    return kept == null ? Long.valueOf(0) : kept;
  }

  private static List<Container> withImages(List<Container> containers, List<Container> before) {
    List<Container> masked = new ArrayList<>(containers.size());
    for (int i = 0; i < containers.size(); i++) {
      masked.add(containers.get(i).withImage(before.get(i).image()));
    }
    return masked;
  }
}
