package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSchedulingGate;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    List<FieldError> errors = withMetadata(pod, old);
    if (!images(spec.containers(), before.containers(), "containers", errors)
        || !images(spec.initContainers(), before.initContainers(), "initContainers", errors)
        || !deadline(spec, before, errors)) {
      return errors;
    }
    tolerations(spec.tolerations(), before.tolerations(), errors);
    gates(spec.schedulingGates(), before.schedulingGates(), errors);
    PodSpec masked =
        spec.toBuilder()
            .containers(withImages(spec.containers(), before.containers()))
            .initContainers(withImages(spec.initContainers(), before.initContainers()))
            .activeDeadlineSeconds(before.activeDeadlineSeconds())
            .tolerations(before.tolerations())
            .schedulingGates(before.schedulingGates())
            .terminationGracePeriodSeconds(grace(spec, before))
            .build();
    if (!before.schedulingGates().isEmpty()) {
      Checks checks = new Checks();
      masked = new GatedPodUpdate(checks, before).masked(masked);
      errors.addAll(checks.errors());
    }
    if (!masked.equals(before)) {
      errors.add(
          FieldError.forbidden(
              SPEC,
              "pod updates may not change fields other than "
                  + UPDATABLE
                  + "\n"
                  + GoStructs.diff("core.PodSpec", before::write, masked::write)));
    }
    return errors;
  }

  private static List<FieldError> withMetadata(Pod pod, Pod old) {
    Checks checks = new Checks();
    checks.addAll(PodValidation.of(pod, SPEC));
    PodAnnotations.checkUpdate(checks, pod, old);
    return checks.errors();
  }

  /** Ephemeral containers may be added and stay as they are. */
  static List<FieldError> ofEphemeralContainers(Pod pod, Pod old) {
    FieldPath path = SPEC.child("ephemeralContainers");
    if (PodAnnotations.isMirror(old.metadata().annotations())) {
      return List.of(
          FieldError.forbidden(
              FieldPath.of(""), "static pods do not support ephemeral containers"));
    }
    List<FieldError> errors = withMetadata(pod, old);
    for (EphemeralContainer before : old.spec().ephemeralContainers()) {
      Optional<EphemeralContainer> now =
          pod.spec().ephemeralContainers().stream()
              .filter(container -> container.name().equals(before.name()))
              .findFirst();
      String which = "existing ephemeral containers " + GoText.quote(before.name());
      if (now.isEmpty()) {
        errors.add(FieldError.forbidden(path, which + " may not be removed\n"));
      } else if (!now.get().equals(before)) {
        errors.add(
            FieldError.forbidden(
                path,
                which
                    + " may not be changed\n"
                    + GoStructs.diff("core.EphemeralContainer", before::write, now.get()::write)));
      }
    }
    return errors;
  }

  /** Whether the rest is to be looked at; as ValidateContainerUpdates. */
  private static boolean images(
      List<Container> containers, List<Container> before, String name, List<FieldError> errors) {
    if (containers.size() != before.size()) {
      errors.add(
          FieldError.forbidden(SPEC.child(name), "pod updates may not add or remove containers"));
      return false;
    }
    Checks checks = new Checks();
    for (int i = 0; i < containers.size(); i++) {
      FieldPath path = SPEC.child(name).index(i);
      if (containers.get(i).image().isEmpty()) {
        checks.required(path.child("image"));
      }
      ContainerValidation.trimmedImage(checks, containers.get(i).image(), path);
    }
    errors.addAll(checks.errors());
    return true;
  }

  /** Whether the rest is to be looked at. */
  private static boolean deadline(PodSpec spec, PodSpec before, List<FieldError> errors) {
    Long wanted = spec.activeDeadlineSeconds();
    Long had = before.activeDeadlineSeconds();
    FieldPath path = SPEC.child("activeDeadlineSeconds");
    if (wanted == null) {
      if (had != null) {
        errors.add(
            FieldError.invalid(path, null, "must not update from a positive integer to nil value"));
      }
      return true;
    }
    if (wanted < 0 || wanted > Integer.MAX_VALUE) {
      Names.inRange(wanted, 0, Integer.MAX_VALUE)
          .forEach(wrong -> errors.add(FieldError.invalid(path, wanted, wrong)));
      return false;
    }
    if (had != null && had < wanted) {
      errors.add(FieldError.invalid(path, wanted, "must be less than or equal to previous value"));
      return false;
    }
    return true;
  }

  /** Tolerations may be added, and the seconds of those that are there changed. */
  private static void tolerations(
      List<Toleration> wanted, List<Toleration> before, List<FieldError> errors) {
    FieldPath path = SPEC.child("tolerations");
    for (Toleration old : before) {
      boolean found =
          wanted.stream().anyMatch(t -> old.withTolerationSeconds(t.tolerationSeconds()).equals(t));
      if (!found) {
        errors.add(
            FieldError.forbidden(
                path, "existing toleration can not be modified except its tolerationSeconds"));
        return;
      }
    }
    errors.addAll(TolerationValidation.of(wanted, path));
  }

  private static void gates(
      List<PodSchedulingGate> wanted, List<PodSchedulingGate> before, List<FieldError> errors) {
    for (int i = 0; i < wanted.size(); i++) {
      if (!before.contains(wanted.get(i))) {
        errors.add(
            FieldError.forbidden(
                SPEC.child("schedulingGates").index(i).child("name"),
                "only deletion is allowed, but found new scheduling gate '"
                    + wanted.get(i).name()
                    + "'"));
      }
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
