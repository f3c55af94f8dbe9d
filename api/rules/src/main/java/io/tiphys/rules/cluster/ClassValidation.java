package io.tiphys.rules.cluster;

import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.LimitRangeItem;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.api.node.v1.RuntimeClass;
import io.tiphys.api.scheduling.v1.PriorityClass;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.pods.ResourceValidation;
import io.tiphys.rules.pods.TolerationValidation;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Classes, limits, leases and taints; checked against
 * pkg/apis/{storage,scheduling,coordination,node}/ validation and, of the core group,
 * ValidateLimitRange and validateNodeTaints.
 */
final class ClassValidation {
  private static final List<String> RECLAIM = List.of("Delete", "Retain");
  private static final List<String> BINDING = List.of("Immediate", "WaitForFirstConsumer");
  private static final List<String> PREEMPTION = List.of("Never", "PreemptLowerPriority");
  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  /** Upstream's HighestUserDefinablePriority. */
  private static final int MAX_PRIORITY = 1_000_000_000;

  private static final Map<String, Integer> SYSTEM_PRIORITIES =
      Map.of("system-node-critical", 2_000_001_000, "system-cluster-critical", 2_000_000_000);

  private ClassValidation() {}

  static List<FieldError> storage(StorageClass type) {
    Checks checks = new Checks();
    FieldPath provisioner = FieldPath.of("provisioner");
    if (type.provisioner().isEmpty()) {
      checks.required(provisioner);
    } else {
      String name = type.provisioner().toLowerCase(Locale.ROOT);
      checks.each(provisioner, name, Names.qualifiedName(name));
    }
    checks.supported(FieldPath.of("reclaimPolicy"), type.reclaimPolicy(), RECLAIM);
    checks.supported(FieldPath.of("volumeBindingMode"), type.volumeBindingMode(), BINDING);
    return checks.errors();
  }

  static List<FieldError> priority(PriorityClass type) {
    Checks checks = new Checks();
    if (type.name().startsWith("system-")) {
      system(type, checks);
    } else if (type.value() > MAX_PRIORITY) {
      checks.forbidden(
          FieldPath.of("value"),
          "maximum allowed value of a user defined priority is " + MAX_PRIORITY);
    }
    checks.supported(FieldPath.of("preemptionPolicy"), type.preemptionPolicy(), PREEMPTION);
    return checks.errors();
  }

  private static void system(PriorityClass type, Checks checks) {
    Integer value = SYSTEM_PRIORITIES.get(type.name());
    String wrong = "";
    if (value == null) {
      wrong = type.name() + " is not a known system priority class";
    } else if (type.value() != value) {
      wrong = "value of %s PriorityClass must be %d".formatted(type.name(), value);
    } else if (type.globalDefault()) {
      wrong = "globalDefault of %s PriorityClass must be false".formatted(type.name());
    }
    if (!wrong.isEmpty()) {
      checks.forbidden(
          FieldPath.of("metadata", "name"),
          "priority class names with 'system-' prefix are reserved for system use only. error: "
              + wrong);
    }
  }

  static List<FieldError> lease(Lease lease) {
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("spec");
    Integer seconds = lease.spec().leaseDurationSeconds();
    if (seconds != null && seconds <= 0) {
      checks.invalid(path.child("leaseDurationSeconds"), seconds, "must be greater than 0");
    }
    checks.notNegative(path.child("leaseTransitions"), lease.spec().leaseTransitions());
    return checks.errors();
  }

  static List<FieldError> limits(LimitRange range) {
    Checks checks = new Checks();
    Set<String> types = new HashSet<>();
    for (int i = 0; i < range.spec().limits().size(); i++) {
      LimitRangeItem item = range.spec().limits().get(i);
      FieldPath path = FieldPath.of("spec", "limits").index(i);
      checks.each(path.child("type"), item.type(), Names.qualifiedName(item.type()));
      if (!types.add(item.type())) {
        checks.add(FieldError.duplicate(path.child("type"), item.type()));
      }
      if (item.type().equals("Pod")) {
        ofPods(item, path, checks);
      }
      Set<String> names = new TreeSet<>(item.min().keySet());
      names.addAll(item.max().keySet());
      names.addAll(item.default_().keySet());
      names.addAll(item.defaultRequest().keySet());
      names.forEach(name -> ordered(item, name, path, checks));
    }
    return checks.errors();
  }

  private static void ofPods(LimitRangeItem item, FieldPath path, Checks checks) {
    if (!item.default_().isEmpty()) {
      checks.forbidden(path.child("default"), "may not be specified when `type` is 'Pod'");
    }
    if (!item.defaultRequest().isEmpty()) {
      checks.forbidden(path.child("defaultRequest"), "may not be specified when `type` is 'Pod'");
    }
  }

  /** The least, what is asked for by default, the default and the most grow in this order. */
  private static void ordered(LimitRangeItem item, String name, FieldPath path, Checks checks) {
    Quantity min = item.min().get(name);
    Quantity max = item.max().get(name);
    Quantity limit = item.default_().get(name);
    Quantity request = item.defaultRequest().get(name);
    if (min != null && max != null && min.compareTo(max) > 0) {
      checks.invalid(
          path.child("min").key(name),
          min.toString(),
          "min value %s is greater than max value %s".formatted(min, max));
    }
    if (request != null && min != null && min.compareTo(request) > 0) {
      checks.invalid(
          path.child("defaultRequest").key(name),
          request.toString(),
          "min value %s is greater than default request value %s".formatted(min, request));
    }
    if (request != null && max != null && request.compareTo(max) > 0) {
      checks.invalid(
          path.child("defaultRequest").key(name),
          request.toString(),
          "default request value %s is greater than max value %s".formatted(request, max));
    }
    if (request != null && limit != null && request.compareTo(limit) > 0) {
      checks.invalid(
          path.child("defaultRequest").key(name),
          request.toString(),
          "default request value %s is greater than default limit value %s"
              .formatted(request, limit));
    }
    if (limit != null && min != null && min.compareTo(limit) > 0) {
      checks.invalid(
          path.child("default").key(name),
          min.toString(),
          "min value %s is greater than default value %s".formatted(min, limit));
    }
    if (limit != null && max != null && limit.compareTo(max) > 0) {
      checks.invalid(
          path.child("default").key(name),
          max.toString(),
          "default value %s is greater than max value %s".formatted(limit, max));
    }
  }

  static List<FieldError> runtime(RuntimeClass type) {
    Checks checks = new Checks();
    FieldPath handler = FieldPath.of("handler");
    if (type.handler().isEmpty()) {
      checks.required(handler);
    } else {
      checks.each(handler, type.handler(), Names.dns1123Label(type.handler()));
    }
    if (type.overhead() != null) {
      new ResourceValidation(checks).overhead(type.overhead().podFixed(), FieldPath.of("overhead"));
    }
    if (type.scheduling() != null) {
      FieldPath path = FieldPath.of("scheduling");
      checks.addAll(
          ObjectMetaRules.validateLabels(
              type.scheduling().nodeSelector(), path.child("nodeSelector")));
      tolerations(type.scheduling().tolerations(), path.child("tolerations"), checks);
    }
    return checks.errors();
  }

  private static void tolerations(List<Toleration> tolerations, FieldPath path, Checks checks) {
    checks.addAll(TolerationValidation.of(tolerations, path));
    Set<Toleration> seen = new HashSet<>();
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration toleration = tolerations.get(i);
      if (!seen.add(toleration.withTolerationSeconds(null))) {
        checks.add(
            FieldError.duplicate(
                path.index(i), GoStructs.show("core.Toleration", toleration::write)));
      }
    }
  }

  /** Upstream reports taints below metadata, and so must who compares. */
  static List<FieldError> taints(Node node) {
    Checks checks = new Checks();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < node.spec().taints().size(); i++) {
      Taint taint = node.spec().taints().get(i);
      FieldPath path = FieldPath.of("metadata", "taints").index(i);
      checks.each(path.child("key"), taint.key(), Names.qualifiedName(taint.key()));
      List<String> wrong = Names.labelValue(taint.value());
      if (!wrong.isEmpty()) {
        checks.invalid(path.child("value"), taint.value(), String.join(";", wrong));
      }
      checks.oneOf(path.child("effect"), taint.effect(), EFFECTS);
      if (!seen.add(taint.effect() + " " + taint.key())) {
        checks.add(
            new FieldError(
                FieldError.Type.DUPLICATE,
                path.toString(),
                taint.key(),
                "taints must be unique by key and effect pair"));
      }
    }
    return checks.errors();
  }
}
