package io.tiphys.rules.pods;

import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.math.BigInteger;
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
  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private PodAnnotations() {}

  static void check(Checks checks, Map<String, String> annotations, String nodeName) {
    String mirrored = annotations.get(MIRROR);
    if (mirrored != null && nodeName.isEmpty()) {
      checks.invalid(
          PATH.key(MIRROR), mirrored, "must set spec.nodeName if mirror pod annotation is set");
    }
    String cost = annotations.get(DELETION_COST);
    if (cost != null && !isCost(cost)) {
      checks.invalid(PATH.key(DELETION_COST), cost, "must be a 32bit integer");
    }
  }

  /** As upstream reads it: no plus sign, no leading zero. */
  private static boolean isCost(String text) {
    if (!text.matches("0|[1-9]\\d{0,9}|-\\d{1,20}")) {
      return false;
    }
    return new BigInteger(text).bitLength() < Integer.SIZE;
  }

  static void checkUpdate(
      Checks checks, Map<String, String> annotations, Map<String, String> before) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(annotations.keySet());
    for (String name : names) {
      String what = name.equals(MIRROR) ? "mirror pod annotation" : "AppArmor annotations";
      boolean fixed = name.equals(MIRROR) || name.startsWith(APP_ARMOR);
      String old = before.get(name);
      if (fixed && old == null) {
        checks.forbidden(PATH.key(name), "may not add " + what);
      } else if (fixed && !Objects.equals(old, annotations.get(name))) {
        checks.forbidden(PATH.key(name), "may not remove or update " + what);
      }
    }
  }

  static boolean isMirror(Map<String, String> annotations) {
    return annotations.containsKey(MIRROR);
  }
}
