package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAddress;
import io.tiphys.api.core.v1.NodeSwapStatus;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ResourceNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a node; checked against ValidateNode and ValidateNodeUpdate. */
final class NodeValidation {
  private static final FieldPath NETWORKS = FieldPath.of("spec", "podCIDRs");
  private static final FieldPath ANNOTATIONS = FieldPath.of("metadata", "annotations");
  private static final String TAINTS = "scheduler.alpha.kubernetes.io/taints";
  private static final String AVOIDED = "scheduler.alpha.kubernetes.io/preferAvoidPods";
  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private final Checks checks = new Checks();
  private final Node node;

  private NodeValidation(Node node) {
    this.node = node;
  }

  static List<FieldError> of(Node node) {
    NodeValidation validation = new NodeValidation(node);
    Checks checks = validation.checks;
    validation.annotations();
    validation.taints(node.spec().taints(), FieldPath.of("metadata", "taints"));
    validation.resources();
    NodeSwapStatus swap = node.status().nodeInfo().swap();
    Long capacity = swap == null ? null : swap.capacity();
    if (capacity != null && capacity <= 0) {
      checks.invalid(
          FieldPath.of("metadata", "nodeSwapStatus", "capacity"),
          capacity,
          "must be greater than 0");
    }
    validation.features(node.status().declaredFeatures());
    List<String> networks = node.spec().podCIDRs();
    for (int i = 0; i < networks.size(); i++) {
      Addresses.network(checks, NETWORKS.index(i), networks.get(i), List.of());
    }
    List<String> addresses =
        networks.stream().map(network -> network.substring(0, slash(network))).toList();
    if (!Addresses.onePerFamily(addresses)) {
      checks.invalid(NETWORKS, networks, "may specify no more than one CIDR for each IP family");
    }
    return checks.errors();
  }

  private static int slash(String network) {
    int slash = network.indexOf('/');
    return slash < 0 ? network.length() : slash;
  }

  private void resources() {
    amounts(node.status().capacity(), "capacity");
    amounts(node.status().allocatable(), "allocatable");
  }

  private void amounts(Map<String, Quantity> amounts, String field) {
    amounts.forEach(
        (name, amount) ->
            ResourceNames.amount(checks, name, amount, FieldPath.of("status", field, name)));
  }

  static List<FieldError> ofUpdate(Node node, Node old) {
    NodeValidation validation = new NodeValidation(node);
    Checks checks = validation.checks;
    validation.annotations();
    validation.resources();
    validation.features(node.status().declaredFeatures());
    validation.addresses();
    validation.networks(old.spec().podCIDRs());
    String provider = old.spec().providerID();
    if (!provider.isEmpty() && !provider.equals(node.spec().providerID())) {
      checks.forbidden(
          FieldPath.of("spec", "providerID"),
          "node updates may not change providerID except from \"\" to valid");
    }
    validation.taints(node.spec().taints(), FieldPath.of("metadata", "taints"));
    if (!node.spec().externalID().equals(old.spec().externalID())) {
      checks.forbidden(FieldPath.of("spec", "externalID"), "may not be updated");
    }
    return checks.errors();
  }

  private void addresses() {
    Set<NodeAddress> addresses = new HashSet<>();
    for (int i = 0; i < node.status().addresses().size(); i++) {
      NodeAddress address = node.status().addresses().get(i);
      if (!addresses.add(address)) {
        checks.add(
            FieldError.duplicate(
                FieldPath.of("status", "addresses").index(i),
                GoStructs.show("core.NodeAddress", address::write)));
      }
    }
  }

  private void networks(List<String> before) {
    List<String> now = node.spec().podCIDRs();
    String fixed = "node updates may not change podCIDR except from \"\" to valid";
    if (before.isEmpty()) {
      return;
    }
    if (before.size() != now.size()) {
      checks.forbidden(NETWORKS, fixed);
      return;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!before.get(i).equals(now.get(i))) {
        checks.forbidden(NETWORKS, fixed);
      }
    }
  }

  /** Upstream reports taints below metadata, and so must who compares. */
  private void taints(List<Taint> taints, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      FieldPath at = path.index(i);
      checks.each(at.child("key"), taint.key(), Names.qualifiedName(taint.key()));
      List<String> wrong = Names.labelValue(taint.value());
      if (!wrong.isEmpty()) {
        checks.invalid(at.child("value"), taint.value(), String.join(";", wrong));
      }
      checks.oneOf(at.child("effect"), taint.effect(), EFFECTS);
      if (!seen.add(taint.effect() + " " + taint.key())) {
        checks.add(
            new FieldError(
                FieldError.Type.DUPLICATE,
                at.toString(),
                GoStructs.show("core.Taint", taint::write),
                "taints must be unique by key and effect pair"));
      }
    }
  }

  /** Names of what the node can do, sorted. */
  private void features(List<String> features) {
    FieldPath path = FieldPath.of("status", "declaredFeatures");
    for (int i = 0; i < features.size(); i++) {
      String problem = featureProblem(features.get(i));
      if (!problem.isEmpty()) {
        checks.invalid(
            path.index(i),
            features.get(i),
            "invalid feature name " + GoText.quote(features.get(i)) + ": " + problem);
      }
      int order = i + 1 < features.size() ? features.get(i).compareTo(features.get(i + 1)) : -1;
      if (order == 0) {
        checks.add(FieldError.duplicate(path.index(i + 1), features.get(i + 1)));
      } else if (order > 0) {
        checks.invalid(
            path.index(i + 1), features.get(i + 1), "list must be sorted alphabetically");
      }
    }
  }

  private static String featureProblem(String feature) {
    if (feature.length() > Names.DNS_SUBDOMAIN_MAX_LENGTH) {
      return "must be no more than " + Names.DNS_SUBDOMAIN_MAX_LENGTH + " characters";
    }
    return feature.matches("[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*")
        ? ""
        : "must start with an UpperCamelCase segment, with subsequent segments separated by '/'"
            + " (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric"
            + " characters and slashes";
  }

  /** Taints, and pods to be kept away, as they were written before there were fields for them. */
  private void annotations() {
    String taints = node.metadata().annotations().getOrDefault(TAINTS, "");
    String avoided = node.metadata().annotations().getOrDefault(AVOIDED, "");
    try {
      if (!taints.isEmpty()) {
        List<Taint> read = new ArrayList<>();
        for (Json taint : elements(Json.parse(taints))) {
          read.add(Taint.read(JsonReader.of(taint.toBytes())));
        }
        taints(read, ANNOTATIONS.child(TAINTS));
      }
    } catch (CodecException e) {
      checks.invalid(ANNOTATIONS, TAINTS, String.valueOf(e.getMessage()));
    }
    try {
      if (!avoided.isEmpty() && Json.parse(avoided) instanceof Json.Obj all) {
        List<Json> entries = elements(all.get("preferAvoidPods"));
        for (int i = 0; i < entries.size(); i++) {
          avoided(entries.get(i), ANNOTATIONS.child(AVOIDED).index(i).child("PodSignature"));
        }
      }
    } catch (CodecException e) {
      checks.invalid(ANNOTATIONS.child("AvoidPods"), AVOIDED, String.valueOf(e.getMessage()));
    }
  }

  private static List<Json> elements(@Nullable Json list) {
    return list instanceof Json.Arr(List<Json> elements) ? elements : List.of();
  }

  private void avoided(Json entry, FieldPath path) {
    Json signature = entry instanceof Json.Obj members ? members.get("podSignature") : null;
    if (!(signature instanceof Json.Obj own)
        || !(own.get("podController") instanceof Json.Obj controller)) {
      checks.required(path);
    } else if (!Json.of(true).equals(controller.get("controller"))) {
      checks.invalid(
          path.child("PodController", "Controller"), false, "must point to a controller");
    }
  }
}
