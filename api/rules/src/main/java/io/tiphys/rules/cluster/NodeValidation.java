package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAddress;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.pods.ResourceValidation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a node; checked against ValidateNode and ValidateNodeUpdate. */
final class NodeValidation {
  private static final FieldPath NETWORKS = FieldPath.of("spec", "podCIDRs");

  private NodeValidation() {}

  static List<FieldError> of(Node node) {
    Checks checks = new Checks();
    checks.addAll(ClassValidation.taints(node));
    resources(checks, node);
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

  private static void resources(Checks checks, Node node) {
    amounts(checks, node.status().capacity(), "capacity");
    amounts(checks, node.status().allocatable(), "allocatable");
  }

  private static void amounts(Checks checks, Map<String, Quantity> amounts, String field) {
    ResourceValidation validation = new ResourceValidation(checks);
    amounts.forEach(
        (name, amount) -> validation.amount(name, amount, FieldPath.of("status", field, name)));
  }

  static List<FieldError> ofUpdate(Node node, Node old) {
    Checks checks = new Checks();
    resources(checks, node);
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
    if (!old.spec().podCIDRs().isEmpty() && !old.spec().podCIDRs().equals(node.spec().podCIDRs())) {
      checks.forbidden(NETWORKS, "node updates may not change podCIDR except from \"\" to valid");
    }
    String provider = old.spec().providerID();
    if (!provider.isEmpty() && !provider.equals(node.spec().providerID())) {
      checks.forbidden(
          FieldPath.of("spec", "providerID"),
          "node updates may not change providerID except from \"\" to valid");
    }
    checks.addAll(ClassValidation.taints(node));
    if (!node.spec().externalID().equals(old.spec().externalID())) {
      checks.forbidden(FieldPath.of("spec", "externalID"), "may not be updated");
    }
    return checks.errors();
  }
}
