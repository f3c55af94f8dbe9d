package io.tiphys.cel.library;

import io.tiphys.cel.cost.CallCosts;
import io.tiphys.cel.cost.CostTracker;
import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.Sizes;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What calls did cost (apiserver/pkg/cel/library/cost.go, and the trackers of cel-go's ext/sets.go
 * and ext/lists.go).
 */
public final class KubernetesCallCosts implements CallCosts {
  /** An expression may ask what users may do twice, and not much more. */
  static final long AUTHORIZATION = 350_000;

  /** What only looks at a part of a value: one, before the call as after it. */
  static final Set<String> LOOKUPS =
      Set.of(
          "serviceAccount",
          "path",
          "group",
          "resource",
          "subresource",
          "namespace",
          "name",
          "allowed",
          "reason",
          "error",
          "errored",
          "format.named",
          "masked",
          "prefixLength",
          "family",
          "isUnspecified",
          "isLoopback",
          "isLinkLocalMulticast",
          "isLinkLocalUnicast",
          "isGlobalUnicast",
          "sign",
          "asInteger",
          "isInteger",
          "asApproximateFloat",
          "isGreaterThan",
          "isLessThan",
          "compareTo",
          "add",
          "sub",
          "major",
          "minor",
          "patch",
          "getScheme",
          "getHostname",
          "getHost",
          "getPort",
          "getEscapedPath",
          "getQuery");

  private static final double PER_REQUIREMENT = Costs.LIST + Costs.STRUCT;
  private static final double REQUIREMENTS_PER_CHARACTER = 0.5;

  @Override
  public OptionalLong of(String function, String overload, Value[] in, Value result) {
    OptionalLong special = byOverload(overload, in, result);
    return special.isPresent() ? special : byFunction(function, overload, in, result);
  }

  private static OptionalLong byOverload(String overload, Value[] in, Value result) {
    return switch (overload) {
      case "list_sets_contains_list", "list_sets_intersects_list" ->
          OptionalLong.of(1 + size(in[0]) * size(in[1]));
      case "list_sets_equivalent_list" -> OptionalLong.of(1 + 2 * size(in[0]) * size(in[1]));
      case "list_slice", "lists_range", "list_reverse" -> made(1, size(result));
      case "list_flatten", "list_flatten_int" -> {
        double depth = in.length == 2 && in[1] instanceof IntValue(long levels) ? levels : 1;
        yield made(depth, size(in[0]));
      }
      case "list_distinct" -> compared(in[0]);
      default -> {
        boolean sorts = overload.startsWith("list_") && overload.endsWith("_sort");
        boolean byKeys = overload.endsWith("_sortByAssociatedKeys");
        yield sorts ? compared(in[0]) : byKeys ? compared(in[1]) : OptionalLong.empty();
      }
    };
  }

  private static OptionalLong made(double factor, long size) {
    return OptionalLong.of((long) (size * factor) + 1 + Costs.LIST);
  }

  private static OptionalLong compared(Value value) {
    long size = size(value);
    boolean texts =
        value instanceof ListValue list
            && list.size() > 0
            && (list.get(0) instanceof StringValue || list.get(0) instanceof BytesValue);
    return made(texts ? 2 + Costs.STRING_TRAVERSAL : 2, size * size);
  }

  private static OptionalLong byFunction(
      String function, String overload, Value[] in, Value result) {
    if (LOOKUPS.contains(function)) {
      return OptionalLong.of(1);
    }
    return switch (function) {
      case "check" -> OptionalLong.of(AUTHORIZATION);
      case "fieldSelector", "labelSelector" ->
          in.length >= 2 ? OptionalLong.of(selector(size(in[1]))) : OptionalLong.empty();
      case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf" ->
          OptionalLong.of(in.length > 0 ? traversal(in[0]) : 0);
      case "url",
          "lowerAscii",
          "upperAscii",
          "substring",
          "trim",
          "jsonpatch.escapeKey",
          "cidr",
          "isIP",
          "isCIDR",
          "quantity",
          "isQuantity",
          "semver",
          "isSemver" ->
          over(in.length >= 1, in, 1);
      case "ip" ->
          overload.equals("cidr_ip") && in.length >= 1
              ? OptionalLong.of(1)
              : over(in.length >= 1, in, 1);
      case "replace", "split", "ip.isCanonical" -> over(in.length >= 1, in, 2);
      case "join" ->
          in.length >= 1
              ? OptionalLong.of(Costs.multiply(size(result), 2 * Costs.STRING_TRAVERSAL))
              : OptionalLong.empty();
      case "find", "findAll" ->
          in.length >= 2
              ? OptionalLong.of(CostTracker.regex(size(in[0]), size(in[1])))
              : OptionalLong.empty();
      case "containsIP", "containsCIDR" -> contains(function, overload, in);
      case "validate" ->
          in.length >= 2 && in[0] instanceof NamedFormats.FormatValue format
              ? OptionalLong.of(CostTracker.regex(size(in[1]), format.patternSize()))
              : OptionalLong.empty();
      case "_==_" ->
          in.length == 2 && in[0] instanceof OpaqueValue
              ? OptionalLong.of(1)
              : OptionalLong.empty();
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong over(boolean known, Value[] in, int times) {
    return known
        ? OptionalLong.of(Costs.multiply(size(in[0]), times * Costs.STRING_TRAVERSAL))
        : OptionalLong.empty();
  }

  private static OptionalLong contains(String function, String overload, Value[] in) {
    if (in.length < 2) {
      return OptionalLong.empty();
    }
    long network = size(in[0]);
    long cost = Costs.multiply(network + network, Costs.STRING_TRAVERSAL);
    if (function.equals("containsCIDR")) {
      cost += Costs.multiply(network, Costs.STRING_TRAVERSAL) + 1;
    }
    if (overload.endsWith("_string")) {
      cost += Costs.multiply(size(in[1]), Costs.STRING_TRAVERSAL);
    }
    return OptionalLong.of(cost);
  }

  /** Reading a selector of a length: its text, and a part for each requirement it may have. */
  static long selector(long length) {
    long requirements = Costs.multiply(length, REQUIREMENTS_PER_CHARACTER);
    long parts = Costs.multiply(requirements, PER_REQUIREMENT);
    long sum = Costs.add(Costs.LIST, Costs.multiply(length, Costs.STRING_TRAVERSAL));
    return Costs.add(sum, parts);
  }

  private static long size(Value value) {
    return Sizes.of(value).orElse(1);
  }

  /** Going through all a value holds. */
  private static long traversal(Value value) {
    return switch (value) {
      case StringValue(String text) -> (long) (Texts.bytes(text) * Costs.STRING_TRAVERSAL);
      case BytesValue(byte[] bytes) -> (long) (bytes.length * Costs.STRING_TRAVERSAL);
      case ListValue list ->
          Lists.elements(list).stream().mapToLong(KubernetesCallCosts::traversal).sum();
      case MapValue map -> {
        long cost = 0;
        for (Value key : map.keys()) {
          Value held = map.find(key);
          cost += traversal(key) + (held == null ? 0 : traversal(held));
        }
        yield cost;
      }
      default -> 1;
    };
  }

  /** The types whose values are compared at once. */
  static boolean isComparedAtOnce(CelType type) {
    return switch (type.kind()) {
      case OPAQUE -> type.equals(NetworkFunctions.IP) || type.equals(NetworkFunctions.CIDR);
      case STRUCT ->
          type.equals(Quantities.TYPE)
              || type.equals(Semvers.TYPE)
              || type.name().startsWith("kubernetes.authorization.");
      default -> false;
    };
  }
}
