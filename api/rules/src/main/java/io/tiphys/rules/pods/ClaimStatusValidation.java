package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerExtendedResourceRequest;
import io.tiphys.api.core.v1.NodeAllocatableResourceClaimStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodExtendedResourceClaimStatus;
import io.tiphys.api.core.v1.PodResourceClaimStatus;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ResourceNames;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's status says of the claims made for it; checked against
 * validatePodResourceClaimStatuses, validatePodExtendedResourceClaimStatus and
 * validateNodeAllocatableResourceClaimStatus.
 */
final class ClaimStatusValidation {
  private static final FieldPath STATUS = FieldPath.of("status");

  private final Checks checks;

  ClaimStatusValidation(Checks checks) {
    this.checks = checks;
  }

  void check(Pod pod) {
    claims(pod, STATUS.child("resourceClaimStatuses"));
    if (pod.status().extendedResourceClaimStatus() != null) {
      extended(
          pod.status().extendedResourceClaimStatus(),
          pod.spec(),
          STATUS.child("extendedResourceClaimStatus"));
    }
    List<NodeAllocatableResourceClaimStatus> ofNode =
        pod.status().nodeAllocatableResourceClaimStatuses();
    for (int i = 0; i < ofNode.size(); i++) {
      ofNode(ofNode.get(i), pod, STATUS.child("nodeAllocatableResourceClaimStatuses").index(i));
    }
  }

  private void claims(Pod pod, FieldPath path) {
    Set<String> seen = new HashSet<>();
    List<PodResourceClaimStatus> statuses = pod.status().resourceClaimStatuses();
    for (int i = 0; i < statuses.size(); i++) {
      PodResourceClaimStatus status = statuses.get(i);
      FieldPath name = path.index(i).child("name");
      if (pod.spec().resourceClaims().stream().noneMatch(c -> c.name().equals(status.name()))) {
        checks.invalid(
            name, status.name(), "must match the name of an entry in `spec.resourceClaims`");
      }
      if (!seen.add(status.name())) {
        checks.add(FieldError.duplicate(name, status.name()));
      }
      String claim = status.resourceClaimName();
      if (claim != null) {
        checks.each(path.index(i).child("resourceClaimName"), claim, Names.dns1123Subdomain(claim));
      }
    }
  }

  private void extended(PodExtendedResourceClaimStatus status, PodSpec spec, FieldPath path) {
    Map<String, Container> containers = new LinkedHashMap<>();
    spec.initContainers().forEach(container -> containers.put(container.name(), container));
    spec.containers().forEach(container -> containers.put(container.name(), container));
    FieldPath mappings = path.child("requestMappings");
    if (status.requestMappings().isEmpty()) {
      checks.required(mappings, "at least one request mapping is required");
    }
    Set<ContainerExtendedResourceRequest> seen = new HashSet<>();
    for (int i = 0; i < status.requestMappings().size(); i++) {
      ContainerExtendedResourceRequest mapping = status.requestMappings().get(i);
      mapping(mapping, containers.get(mapping.containerName()), mappings.index(i));
      checks.each(
          path.child("requestName"),
          mapping.requestName(),
          Names.dns1123Label(mapping.requestName()));
      if (!seen.add(mapping)) {
        FieldPath at = mappings.index(i);
        checks.add(FieldError.duplicate(at.child("containerName"), mapping.containerName()));
        checks.add(FieldError.duplicate(at.child("resourceName"), mapping.resourceName()));
        checks.add(FieldError.duplicate(at.child("requestName"), mapping.requestName()));
      }
    }
    String claim = status.resourceClaimName();
    FieldPath at = path.child("resourceClaimName");
    if (claim.isEmpty()) {
      checks.required(at);
    } else {
      checks.each(at, claim, Names.dns1123Subdomain(claim));
    }
  }

  private void mapping(
      ContainerExtendedResourceRequest mapping, @Nullable Container container, FieldPath path) {
    if (container == null) {
      checks.invalid(
          path.child("containerName"),
          mapping.containerName(),
          "must match the name of an entry in spec.initContainers.name or spec.containers.name");
    } else if (!container.resources().requests().containsKey(mapping.resourceName())) {
      checks.invalid(
          path.child("resourceName"),
          mapping.resourceName(),
          "must match the extended resource name of an entry in"
              + " spec.initContainers.resources.requests or spec.containers.resources.requests");
    }
  }

  private void ofNode(NodeAllocatableResourceClaimStatus status, Pod pod, FieldPath path) {
    FieldPath name = path.child("resourceClaimName");
    String claim = status.resourceClaimName();
    if (claim.isEmpty()) {
      checks.required(name, "must not be empty");
    }
    boolean known =
        pod.spec().resourceClaims().stream().anyMatch(c -> claim.equals(c.resourceClaimName()))
            || pod.status().resourceClaimStatuses().stream()
                .anyMatch(c -> claim.equals(c.resourceClaimName()));
    if (!known) {
      checks.invalid(name, claim, "no mapping found in pod reference");
    }
    if (status.containers().isEmpty()) {
      checks.required(path.child("containers"), "must not be empty");
    }
    FieldPath resources = path.child("resources");
    if (status.resources().isEmpty()) {
      checks.required(resources, "must not be empty");
    }
    status
        .resources()
        .forEach(
            (resource, amount) -> {
              if (!ResourceNames.isNative(resource)) {
                checks.invalid(
                    resources.key(resource), resource, "must be a node allocatable resource name");
              }
              if (amount.signum() < 0) {
                checks.invalid(resources.key(resource), amount.toString(), "must be non-negative");
              }
            });
  }
}
