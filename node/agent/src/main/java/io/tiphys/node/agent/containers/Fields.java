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
import java.util.stream.Stream;

/**
 * What the downward API tells a pod of itself; checked against pkg/fieldpath.
 *
 * @param podIp known to the node before it is in the pod's status
 * @param allocatable what the node has for pods
 */
public record Fields(String podIp, String hostIp, Map<String, Quantity> allocatable) {
  public Fields {
    allocatable = Map.copyOf(allocatable);
  }

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
            .map(e -> e.getKey() + "=" + quoted(e.getValue()))
            .collect(Collectors.joining("\n"));
  }

  /** As Go's strconv.Quote. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case 7 -> out.append("\\a");
                case 11 -> out.append("\\v");
                default -> {
                  if (c < ' ' || c == 127) {
                    out.append("\\x%02x".formatted(c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }

  public String resource(Pod pod, Container given, ResourceFieldSelector selector)
      throws ConfigProblem {
    Container container = given;
    if (!selector.containerName().isEmpty()) {
      container =
          Stream.concat(pod.spec().initContainers().stream(), pod.spec().containers().stream())
              .filter(c -> c.name().equals(selector.containerName()))
              .findFirst()
              .orElseThrow(
                  () -> new ConfigProblem("container " + selector.containerName() + " not found"));
    }
    String[] words = selector.resource().split("\\.", 2);
    String resource = words[words.length - 1];
    Quantity amount =
        words[0].equals("limits")
            ? limit(container, resource)
            : container.resources().requests().getOrDefault(resource, Quantity.ZERO);
    Quantity divisor = selector.divisor();
    BigDecimal unit = divisor == null || divisor.isZero() ? BigDecimal.ONE : divisor.amount();
    return amount.amount().divide(unit, 0, RoundingMode.CEILING).toPlainString();
  }

  /** Who names no limit may use all that the node has. */
  private Quantity limit(Container container, String resource) {
    Quantity limit = container.resources().limits().get(resource);
    return limit == null || limit.isZero()
        ? allocatable.getOrDefault(resource, Quantity.ZERO)
        : limit;
  }
}
