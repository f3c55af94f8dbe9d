package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Annotations of pods that mean something to the system; checked against
 * ValidatePodSpecificAnnotations and ValidatePodSpecificAnnotationUpdates.
 */
final class PodAnnotations {
  private static final FieldPath PATH = FieldPath.of("metadata", "annotations");
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations";
  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  private PodAnnotations() {}

  /**
   * Of a pod or a template.
   *
   * @param path of the annotations
   */
  static void check(Checks checks, Map<String, String> annotations, PodSpec spec, FieldPath path) {
    String mirrored = annotations.get(MIRROR);
    if (mirrored != null && spec.nodeName().isEmpty()) {
      checks.invalid(
          path.key(MIRROR), mirrored, "must set spec.nodeName if mirror pod annotation is set");
    }
    String tolerations = annotations.getOrDefault(TOLERATIONS, "");
    if (!tolerations.isEmpty()) {
      tolerations(checks, tolerations, path);
    }
    String cost = annotations.get(DELETION_COST);
    if (cost != null && !isCost(cost)) {
      checks.invalid(path.key(DELETION_COST), cost, "must be a 32bit integer");
    }
    ProfileAnnotations.check(checks, annotations, spec, path);
  }

  /** Tolerations as they were written before there was a field for them. */
  private static void tolerations(Checks checks, String text, FieldPath path) {
    List<Toleration> read = new ArrayList<>();
    try {
      if (Json.parse(text) instanceof Json.Arr(List<Json> elements)) {
        for (Json element : elements) {
          read.add(Toleration.read(JsonReader.of(element.toBytes())));
        }
      }
    } catch (CodecException e) {
      checks.invalid(path, TOLERATIONS, String.valueOf(e.getMessage()));
      return;
    }
    checks.addAll(TolerationValidation.of(read, path.child(TOLERATIONS)));
  }

  /** As upstream reads it: no plus sign, no leading zero. */
  private static boolean isCost(String text) {
    if (!text.matches("0|[1-9]\\d{0,9}|-\\d{1,20}")) {
      return false;
    }
    return new BigInteger(text).bitLength() < Integer.SIZE;
  }

  static void checkUpdate(Checks checks, Pod pod, Pod old) {
    Map<String, String> annotations = pod.metadata().annotations();
    Map<String, String> before = old.metadata().annotations();
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(annotations.keySet());
    for (String name : names) {
      String what = name.equals(MIRROR) ? "mirror pod annotation" : "AppArmor annotations";
      boolean fixed = name.equals(MIRROR) || name.startsWith(ProfileAnnotations.APP_ARMOR);
      String had = before.get(name);
      if (fixed && had == null) {
        checks.forbidden(PATH.key(name), "may not add " + what);
      } else if (fixed && !Objects.equals(had, annotations.get(name))) {
        checks.forbidden(PATH.key(name), "may not remove or update " + what);
      }
    }
    check(checks, annotations, pod.spec(), PATH);
  }

  static boolean isMirror(Map<String, String> annotations) {
    return annotations.containsKey(MIRROR);
  }
}
