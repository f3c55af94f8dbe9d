package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.node.v1.RuntimeClass;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, secrets, accounts and quotas; checked against their strategies below pkg/registry/core.
 */
public final class ClusterWarnings {
  private static final String MOUNTABLE = "kubernetes.io/enforce-mountable-secrets";

  private ClusterWarnings() {}

  public static List<String> of(Node node) {
    Remarks out = new Remarks();
    if (node.spec().configSource() != null) {
      out.add("spec.configSource: the feature is removed");
    }
    if (!node.spec().externalID().isEmpty()) {
      out.add("spec.externalID: this field is deprecated, and is unused by Kubernetes");
    }
    for (int i = 0; i < node.spec().podCIDRs().size(); i++) {
      FieldPath at = FieldPath.of("spec", "podCIDRs").index(i);
      Addresses.cidr(node.spec().podCIDRs().get(i), at, out);
    }
    return out.list();
  }

  /** The addresses that a node tells of a pod. */
  public static List<String> ofStatus(Pod pod) {
    Remarks out = new Remarks();
    for (int i = 0; i < pod.status().podIPs().size(); i++) {
      FieldPath at = FieldPath.of("status", "podIPs").index(i).child("ip");
      Addresses.ip(pod.status().podIPs().get(i).ip(), at, out);
    }
    for (int i = 0; i < pod.status().hostIPs().size(); i++) {
      FieldPath at = FieldPath.of("status", "hostIPs").index(i).child("ip");
      Addresses.ip(pod.status().hostIPs().get(i).ip(), at, out);
    }
    return out.list();
  }

  /** A certificate and its key are PEM; in the words of Go's crypto/tls. */
  public static List<String> of(Secret secret) {
    if (!secret.type_().equals("kubernetes.io/tls")) {
      return List.of();
    }
    String problem = PemPair.problem(text(secret, "tls.crt"), text(secret, "tls.key"));
    return problem.isEmpty() ? List.of() : List.of(problem);
  }

  private static String text(Secret secret, String key) {
    var data = secret.data().get(key);
    return data == null ? "" : new String(data.toByteArray(), StandardCharsets.ISO_8859_1);
  }

  /**
   * @param old null for a new account
   */
  public static List<String> of(ServiceAccount account, @Nullable ServiceAccount old) {
    boolean before = old != null && old.metadata().annotations().containsKey(MOUNTABLE);
    return before || !account.metadata().annotations().containsKey(MOUNTABLE)
        ? List.of()
        : List.of(
            "metadata.annotations["
                + MOUNTABLE
                + "]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted"
                + " secrets");
  }

  /** Nobody may ask for more than is the limit. */
  public static List<String> onCreate(ResourceQuota quota) {
    Remarks out = new Remarks();
    var hard = quota.spec().hard();
    for (String resource : List.of("cpu", "memory", "storage", "ephemeral-storage")) {
      String asked = "requests." + resource;
      boolean bare = resource.equals("cpu") || resource.equals("memory");
      if (!hard.containsKey(asked) && bare) {
        asked = resource;
      }
      Quantity request = hard.get(asked);
      Quantity limit = hard.get("limits." + resource);
      if (request != null && limit != null && request.compareTo(limit) > 0) {
        out.add(
            "ResourceQuota %s (%s) should be less than limits.%s (%s)"
                .formatted(asked, request, resource, limit));
      }
    }
    return out.list();
  }

  public static List<String> of(RuntimeClass type) {
    Remarks out = new Remarks();
    if (type.scheduling() != null) {
      for (String label : type.scheduling().nodeSelector().keySet()) {
        String remark = NodeLabels.remark(label);
        if (remark != null) {
          out.add(FieldPath.of("scheduling", "nodeSelector"), remark);
        }
      }
    }
    return out.list();
  }
}
