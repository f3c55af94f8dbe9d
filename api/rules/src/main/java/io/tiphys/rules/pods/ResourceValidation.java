package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceClaim;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ResourceNames;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Amounts that are asked for; checked against validateResourceRequirements. */
public final class ResourceValidation {
  private final Checks checks;

  public ResourceValidation(Checks checks) {
    this.checks = checks;
  }

  /**
   * What a container asks for.
   *
   * @param claims the names of the pod's claims
   */
  void container(ResourceRequirements resources, Set<String> claims, FieldPath path) {
    requirements(resources, (name, at) -> ResourceNames.ofContainer(checks, name, at), path);
    claims(resources.claims(), claims, path.child("claims"));
  }

  /** What a pod asks for as a whole; checked against validatePodResources. */
  void pod(PodSpec spec, FieldPath path) {
    ResourceRequirements resources = spec.resources();
    if (resources == null) {
      return;
    }
    if (spec.os() != null && spec.os().name().equals("windows")) {
      checks.forbidden(path, "may not be set for a windows pod");
      return;
    }
    if (!resources.claims().isEmpty()) {
      checks.forbidden(path.child("claims"), "claims may not be set for Resources at pod-level");
    }
    requirements(resources, this::podName, path);
    Set<String> claims = new HashSet<>();
    spec.resourceClaims().forEach(claim -> claims.add(claim.name()));
    claims(resources.claims(), claims, path.child("claims"));
    enough(resources, spec, path);
  }

  /** The whole is no less than its parts. */
  private void enough(ResourceRequirements resources, PodSpec spec, FieldPath path) {
    ContainerResources.requests(spec)
        .forEach(
            (name, sum) -> {
              Quantity own = resources.requests().get(name);
              if (own != null && sum.compareTo(own) > 0) {
                checks.invalid(
                    path.child("requests").key(name),
                    own.toString(),
                    "must be greater than or equal to aggregate container requests of " + sum);
              }
            });
    ContainerResources.limits(spec)
        .forEach(
            (name, sum) -> {
              Quantity own = resources.limits().get(name);
              if (ResourceNames.isHugePages(name) && own != null && sum.compareTo(own) > 0) {
                checks.invalid(
                    path.child("limits").key(name),
                    own.toString(),
                    "must be greater than or equal to aggregate container limits of " + sum);
              }
            });
    for (int i = 0; i < spec.containers().size(); i++) {
      FieldPath container = path.child("containers").index(i);
      spec.containers()
          .get(i)
          .resources()
          .limits()
          .forEach(
              (name, limit) -> {
                Quantity own = resources.limits().get(name);
                if (own != null && limit.compareTo(own) > 0) {
                  checks.invalid(
                      container.key(name).child("limits"),
                      limit.toString(),
                      "must be less than or equal to pod limits of " + own);
                }
              });
    }
  }

  private void requirements(
      ResourceRequirements resources, BiConsumer<String, FieldPath> names, FieldPath path) {
    FieldPath limits = path.child("limits");
    FieldPath requests = path.child("requests");
    resources
        .limits()
        .forEach(
            (name, amount) -> {
              names.accept(name, limits.key(name));
              ResourceNames.amount(checks, name, amount, limits.key(name));
              wholePages(name, amount, limits.key(name));
            });
    resources
        .requests()
        .forEach(
            (name, amount) -> {
              names.accept(name, requests.key(name));
              ResourceNames.amount(checks, name, amount, requests.key(name));
              within(name, amount, resources.limits(), path);
              wholePages(name, amount, requests.key(name));
            });
    Set<String> asked = new HashSet<>(resources.limits().keySet());
    asked.addAll(resources.requests().keySet());
    if (asked.stream().anyMatch(ResourceNames::isHugePages)
        && !asked.contains("cpu")
        && !asked.contains("memory")) {
      checks.forbidden(path, "HugePages require cpu or memory");
    }
  }

  private void wholePages(String name, Quantity amount, FieldPath path) {
    if (ResourceNames.isHugePages(name) && !isWholePages(ResourceNames.pageSize(name), amount)) {
      checks.invalid(
          path, amount.toString(), amount + " is not positive integer multiple of " + name);
    }
  }

  private static boolean isWholePages(String page, Quantity amount) {
    try {
      Quantity size = Quantity.parse(page);
      return size.signum() > 0 && size.isWhole() && amount.value() % size.value() == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** Checked against validateResourceClaimNames. */
  private void claims(List<ResourceClaim> asked, Set<String> claims, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      String name = asked.get(i).name();
      FieldPath at = path.index(i);
      if (name.isEmpty()) {
        checks.required(at);
        continue;
      }
      if (seen.contains(name)) {
        checks.add(FieldError.duplicate(at, name));
      } else {
        part(asked.get(i), seen, at);
      }
      if (!claims.contains(name)) {
        String known =
            claims.isEmpty() ? " which is empty" : ": " + String.join(", ", new TreeSet<>(claims));
        checks.add(
            new FieldError(
                FieldError.Type.NOT_FOUND,
                at.toString(),
                name,
                "must be one of the names in pod.spec.resourceClaims" + known));
      }
    }
  }

  /** A claim as a whole or one of its requests; not both. */
  private void part(ResourceClaim claim, Set<String> seen, FieldPath path) {
    String request = claim.request();
    String key = request.isEmpty() ? claim.name() : claim.name() + "/" + request;
    if (!request.isEmpty()) {
      checks.each(path.child("request"), request, Names.dns1123Label(request));
    }
    boolean again = seen.contains(key);
    boolean partly = request.isEmpty() && seen.stream().anyMatch(k -> k.startsWith(key + "/"));
    if (again || partly) {
      checks.add(FieldError.duplicate(path, key));
    }
    seen.add(key);
  }

  private void podName(String name, FieldPath path) {
    if (ResourceNames.check(checks, name, path) && !ContainerResources.isOfPods(name)) {
      checks.add(FieldError.notSupported(path, name, List.of("cpu", "memory")));
    }
  }

  private void within(String name, Quantity amount, Map<String, Quantity> limits, FieldPath path) {
    Quantity limit = limits.get(name);
    FieldPath requests = path.child("requests");
    if (limit == null) {
      if (!ResourceNames.overcommits(name)) {
        checks.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
    } else if (!ResourceNames.overcommits(name) && amount.compareTo(limit) != 0) {
      checks.invalid(
          requests, amount.toString(), "must be equal to %s limit of %s".formatted(name, limit));
    } else if (amount.compareTo(limit) > 0) {
      checks.invalid(
          requests,
          amount.toString(),
          "must be less than or equal to %s limit of %s".formatted(name, limit));
    }
  }

  /** What a kind of sandbox takes on top of its pods' containers. */
  public void overhead(Map<String, Quantity> amounts, FieldPath path) {
    requirements(
        ResourceRequirements.builder().limits(amounts).build(),
        (name, at) -> ResourceNames.ofContainer(checks, name, at),
        path);
  }
}
