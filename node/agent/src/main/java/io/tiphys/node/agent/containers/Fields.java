package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ResourceFieldSelector;
import io.tiphys.meta.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the downward API tells a pod of itself; checked against pkg/fieldpath.
 *
 * @param podIp known to the node before it is in the pod's status
 */
public record Fields(String podIp, String hostIp) {
  public String value(Pod pod, String path) throws ConfigProblem {
    if (path.startsWith("metadata.labels['")) {
      return pod.metadata().labels().getOrDefault(subscript(path), "");
    }
    if (path.startsWith("metadata.annotations['")) {
      return pod.metadata().annotations().getOrDefault(subscript(path), "");
    }
    return switch (path) {
      case "metadata.name" -> pod.name();
      case "metadata.namespace" -> pod.namespace();
      case "metadata.uid" -> pod.metadata().uid();
      case "metadata.labels" -> lines(pod.metadata().labels());
      case "metadata.annotations" -> lines(pod.metadata().annotations());
      case "spec.nodeName" -> pod.spec().nodeName();
      case "spec.serviceAccountName" -> pod.spec().serviceAccountName();
      case "status.hostIP", "status.hostIPs" -> hostIp;
      case "status.podIP", "status.podIPs" -> podIp;
      default -> throw new ConfigProblem("unsupported fieldPath: " + path);
    };
  }

  private static String subscript(String path) {
    return path.substring(path.indexOf('\'') + 1, path.lastIndexOf('\''));
  }

  private static String lines(Map<String, String> entries) {
    return new TreeMap<>(entries)
        .entrySet().stream()
            .map(e -> e.getKey() + "=\"" + e.getValue().replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining("\n"));
  }

  public String resource(Pod pod, Container given, ResourceFieldSelector selector)
      throws ConfigProblem {
    Container container = given;
    if (!selector.containerName().isEmpty()) {
      container =
          pod.spec().containers().stream()
              .filter(c -> c.name().equals(selector.containerName()))
              .findFirst()
              .orElseThrow(
                  () -> new ConfigProblem("container " + selector.containerName() + " not found"));
    }
    String[] words = selector.resource().split("\\.", 2);
    Map<String, Quantity> amounts =
        words[0].equals("limits")
            ? container.resources().limits()
            : container.resources().requests();
    Quantity amount = amounts.getOrDefault(words[words.length - 1], Quantity.ZERO);
    Quantity divisor = selector.divisor();
    BigDecimal unit = divisor == null || divisor.isZero() ? BigDecimal.ONE : divisor.amount();
    return amount.amount().divide(unit, 0, RoundingMode.CEILING).toPlainString();
  }
}
