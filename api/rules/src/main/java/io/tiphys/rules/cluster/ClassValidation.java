package io.tiphys.rules.cluster;

import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.api.core.v1.TopologySelectorLabelRequirement;
import io.tiphys.api.core.v1.TopologySelectorTerm;
import io.tiphys.api.node.v1.RuntimeClass;
import io.tiphys.api.scheduling.v1.PriorityClass;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.pods.ResourceValidation;
import io.tiphys.rules.pods.TolerationValidation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Classes of storage, priority and runtimes, and leases; checked against
 * pkg/apis/{storage,scheduling,coordination,node}/validation.
 */
final class ClassValidation {
  private static final List<String> RECLAIM = List.of("Delete", "Retain");
  private static final List<String> BINDING = List.of("Immediate", "WaitForFirstConsumer");
  private static final List<String> PREEMPTION = List.of("PreemptLowerPriority", "Never");

  /** Upstream's maxProvisionerParameterLen and maxProvisionerParameterSize. */
  private static final int MAX_PARAMETERS = 512;

  private static final int MAX_PARAMETER_BYTES = 256 * 1024;

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
    parameters(checks, type.parameters());
    String reclaim = type.reclaimPolicy();
    checks.supported(FieldPath.of("reclaimPolicy"), "".equals(reclaim) ? null : reclaim, RECLAIM);
    FieldPath binding = FieldPath.of("volumeBindingMode");
    if (type.volumeBindingMode() == null) {
      checks.required(binding);
    }
    checks.supported(binding, type.volumeBindingMode(), BINDING);
    topologies(checks, type.allowedTopologies(), FieldPath.of("allowedTopologies"));
    return checks.errors();
  }

  private static void parameters(Checks checks, Map<String, String> parameters) {
    FieldPath path = FieldPath.of("parameters");
    if (parameters.size() > MAX_PARAMETERS) {
      checks.add(FieldError.tooLong(path, MAX_PARAMETERS));
      return;
    }
    long size = 0;
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      if (parameter.getKey().isEmpty()) {
        checks.invalid(path, "", "field can not be empty.");
      }
      size += bytes(parameter.getKey()) + bytes(parameter.getValue());
    }
    if (size > MAX_PARAMETER_BYTES) {
      checks.add(FieldError.tooLong(path, MAX_PARAMETER_BYTES));
    }
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void topologies(Checks checks, List<TopologySelectorTerm> terms, FieldPath path) {
    // Upstream's list begins with as many empty maps as there are terms.
    List<Map<String, Set<String>>> seen =
        new ArrayList<>(Collections.nCopies(terms.size(), Map.of()));
    for (int i = 0; i < terms.size(); i++) {
      FieldPath at = path.index(i).child("matchLabelExpressions");
      Map<String, Set<String>> values = new HashMap<>();
      List<TopologySelectorLabelRequirement> asked = terms.get(i).matchLabelExpressions();
      for (int j = 0; j < asked.size(); j++) {
        topology(checks, asked.get(j), values, at.index(j));
      }
      for (Map<String, Set<String>> other : seen) {
        if (other.equals(values)) {
          checks.add(FieldError.duplicate(at, ""));
        }
      }
      seen.add(values);
    }
  }

  private static void topology(
      Checks checks,
      TopologySelectorLabelRequirement asked,
      Map<String, Set<String>> values,
      FieldPath path) {
    FieldPath list = path.child("values");
    if (asked.values().isEmpty()) {
      checks.required(list);
    }
    Set<String> own = new HashSet<>();
    for (int i = 0; i < asked.values().size(); i++) {
      if (!own.add(asked.values().get(i))) {
        checks.add(FieldError.duplicate(list.index(i), asked.values().get(i)));
      }
    }
    FieldPath key = path.child("key");
    checks.each(key, asked.key(), Names.qualifiedName(asked.key()));
    if (values.put(asked.key(), own) != null) {
      checks.add(FieldError.duplicate(key, asked.key()));
    }
  }

  static List<FieldError> storageUpdate(StorageClass type, StorageClass old) {
    Checks checks = new Checks();
    checks.immutable(
        FieldPath.of("parameters"), orNull(type.parameters()), orNull(old.parameters()));
    checks.immutable(FieldPath.of("provisioner"), type.provisioner(), old.provisioner());
    checks.immutable(FieldPath.of("reclaimPolicy"), type.reclaimPolicy(), old.reclaimPolicy());
    checks.immutable(
        FieldPath.of("volumeBindingMode"), type.volumeBindingMode(), old.volumeBindingMode());
    return checks.errors();
  }

  private static @Nullable Map<String, String> orNull(Map<String, String> map) {
    return map.isEmpty() ? null : map;
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
    if (type.preemptionPolicy() != null) {
      checks.oneOf(FieldPath.of("preemptionPolicy"), type.preemptionPolicy(), PREEMPTION);
    }
    return checks.errors();
  }

  static List<FieldError> priorityUpdate(PriorityClass type, PriorityClass old) {
    Checks checks = new Checks();
    if (type.value() != old.value()) {
      checks.forbidden(FieldPath.of("value"), "may not be changed in an update.");
    }
    checks.immutable(
        FieldPath.of("preemptionPolicy"), type.preemptionPolicy(), old.preemptionPolicy());
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

  /** Fields of coordinated leader election, whose gate is off by default. */
  static Lease prepared(Lease lease, @Nullable Lease old) {
    LeaseSpec before = old == null ? LeaseSpec.EMPTY : old.spec();
    LeaseSpec spec = lease.spec();
    return lease.withSpec(
        spec.toBuilder()
            .strategy(before.strategy() == null ? null : spec.strategy())
            .preferredHolder(before.preferredHolder() == null ? null : spec.preferredHolder())
            .build());
  }
}
