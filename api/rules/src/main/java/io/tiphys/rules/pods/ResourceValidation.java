package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.Map;
import java.util.Set;

/** Amounts that are asked for; checked against validateResourceRequirements. */
public final class ResourceValidation {
  private static final Set<String> OF_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");

  /** Other names without a domain that mean something: of volumes, quotas and nodes. */
  private static final Set<String> STANDARD =
      Set.of(
          "storage",
          "requests.cpu",
          "requests.memory",
          "requests.storage",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage",
          "pods",
          "resourcequotas",
          "services",
          "replicationcontrollers",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers",
          "count/pods");

  private final Checks checks;

  public ResourceValidation(Checks checks) {
    this.checks = checks;
  }

  void container(ResourceRequirements resources, FieldPath path) {
    FieldPath limits = path.child("limits");
    FieldPath requests = path.child("requests");
    resources
        .limits()
        .forEach(
            (name, amount) -> {
              name(name, limits.key(name));
              amount(name, amount, limits.key(name));
            });
    resources
        .requests()
        .forEach(
            (name, amount) -> {
              name(name, requests.key(name));
              amount(name, amount, requests.key(name));
              within(name, amount, resources.limits(), path);
            });
  }

  private void within(String name, Quantity amount, Map<String, Quantity> limits, FieldPath path) {
    Quantity limit = limits.get(name);
    FieldPath requests = path.child("requests");
    if (limit == null) {
      if (!overcommits(name)) {
        checks.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
    } else if (!overcommits(name) && amount.compareTo(limit) != 0) {
      checks.invalid(
          requests, amount.toString(), "must be equal to %s limit of %s".formatted(name, limit));
    } else if (amount.compareTo(limit) > 0) {
      checks.invalid(
          requests,
          amount.toString(),
          "must be less than or equal to %s limit of %s".formatted(name, limit));
    }
  }

  private static boolean overcommits(String name) {
    return isNative(name) && !name.startsWith("hugepages-");
  }

  private static boolean isNative(String name) {
    return !name.contains("/") || name.contains("kubernetes.io/");
  }

  private void name(String name, FieldPath path) {
    int before = checks.errors().size();
    checks.each(path, name, Names.qualifiedName(name));
    boolean plain = !name.contains("/");
    boolean ofContainers = OF_CONTAINERS.contains(name) || name.startsWith("hugepages-");
    if (checks.errors().size() == before && plain && !ofContainers && !STANDARD.contains(name)) {
      checks.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    if (plain && !ofContainers) {
      checks.invalid(path, name, "must be a standard resource for containers");
    } else if (!plain && !isNative(name) && !extended(name)) {
      checks.invalid(path, name, "doesn't follow extended resource name standard");
    }
  }

  private static boolean extended(String name) {
    return !name.startsWith("requests.") && Names.qualifiedName("requests." + name).isEmpty();
  }

  /** An amount that is not negative and, of things that are counted, whole. */
  public void amount(String name, Quantity amount, FieldPath path) {
    if (amount.signum() < 0) {
      checks.invalid(path, amount.toString(), "must be greater than or equal to 0");
    }
    boolean counted =
        !isNative(name)
            || name.startsWith("count/")
            || Set.of("pods", "services", "secrets", "configmaps", "persistentvolumeclaims")
                .contains(name)
            || Set.of("replicationcontrollers", "resourcequotas").contains(name)
            || Set.of("services.nodeports", "services.loadbalancers").contains(name);
    if (counted && !amount.isWhole()) {
      checks.add(FieldError.invalid(path, amount.toString(), "must be an integer"));
    }
  }
}
