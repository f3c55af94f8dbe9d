package io.tiphys.cel.library;

import io.tiphys.cel.cost.CallEstimate;
import io.tiphys.cel.cost.CostNode;
import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.cost.Estimator;
import io.tiphys.cel.cost.Range;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What calls of Kubernetes' functions may cost (apiserver/pkg/cel/library/cost.go, and the
 * estimators of cel-go's ext/sets.go and ext/lists.go). Which rules may be written depends on it.
 */
public final class KubernetesEstimator implements Estimator {
  private static final double TRAVERSAL = Costs.STRING_TRAVERSAL;

  /** Of a format's pattern only that it is no longer is known. */
  private static final double FORMAT_PATTERN = 128 * Costs.REGEX_LENGTH;

  /** The longest name of a format. */
  private static final long FORMAT_NAME = 64;

  /** Bytes of an address. */
  private static final Range ADDRESS = new Range(4, 16);

  private final Function<CostNode, @Nullable Range> sizes;

  /**
   * @param sizes knows the sizes of variables and their parts; gives null where it does not
   */
  public KubernetesEstimator(Function<CostNode, @Nullable Range> sizes) {
    this.sizes = sizes;
  }

  @Override
  public @Nullable Range size(CostNode node) {
    return sizes.apply(node);
  }

  private Range known(CostNode node) {
    Range computed = node.computed();
    Range size = computed == null ? size(node) : computed;
    return size == null ? Range.UNKNOWN : size;
  }

  @Override
  public @Nullable CallEstimate call(
      String function, String overload, @Nullable CostNode target, List<CostNode> in) {
    CallEstimate special = ListEstimates.of(overload, target, in, this::known);
    if (special != null) {
      return special;
    }
    if (KubernetesCallCosts.LOOKUPS.contains(function)) {
      return fixed(1);
    }
    return switch (function) {
      case "check" -> fixed(KubernetesCallCosts.AUTHORIZATION);
      case "fieldSelector", "labelSelector" ->
          in.size() == 1 ? selector(known(in.getFirst())) : null;
      case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf" ->
          target == null ? null : elements(target);
      case "url", "jsonpatch.escapeKey" -> in.size() == 1 ? sized(known(in.getFirst()), 1) : null;
      case "lowerAscii", "upperAscii", "substring", "trim" ->
          target == null ? null : sized(known(target), 1);
      case "replace" ->
          target == null || in.size() < 2
              ? null
              : TextEstimates.replace(known(target), known(in.get(0)), known(in.get(1)));
      case "split" -> target == null ? null : split(known(target), in);
      case "join" -> target == null ? null : join(target, in);
      case "find", "findAll" -> target == null || in.isEmpty() ? null : find(known(target), in);
      case "cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver" ->
          over(in, TRAVERSAL);
      case "ip" -> overload.equals("cidr_ip") ? fixed(1) : over(in, TRAVERSAL);
      case "ip.isCanonical" -> over(in, 2 * TRAVERSAL);
      case "containsIP", "containsCIDR" ->
          in.isEmpty() ? null : contains(function, overload, in.getFirst());
      case "validate" ->
          in.isEmpty()
              ? null
              : CallEstimate.of(known(in.getFirst()).multiply(TRAVERSAL).multiply(FORMAT_PATTERN));
      case "_==_" -> in.size() == 2 ? equality(in.get(0), in.get(1)) : null;
      default -> null;
    };
  }

  private static CallEstimate fixed(long cost) {
    return CallEstimate.of(Range.of(cost));
  }

  private static CallEstimate sized(Range size, int times) {
    return new CallEstimate(size.multiply(times * TRAVERSAL), size);
  }

  private @Nullable CallEstimate over(List<CostNode> in, double factor) {
    return in.isEmpty() ? null : CallEstimate.of(known(in.getFirst()).multiply(factor));
  }

  private static CallEstimate selector(Range length) {
    return CallEstimate.of(
        new Range(
            KubernetesCallCosts.selector(length.min()),
            KubernetesCallCosts.selector(length.max())));
  }

  /** An element of a list, as if it stood in the expression; null if it is no list. */
  private static @Nullable CostNode element(CostNode list) {
    List<CelType> parameters = list.type().parameters();
    if (parameters.isEmpty()) {
      return null;
    }
    List<String> path = new ArrayList<>(list.path());
    if (!path.isEmpty()) {
      path.add("@items");
    }
    return new CostNode(path, parameters.getFirst(), null, null);
  }

  private CallEstimate elements(CostNode target) {
    CostNode element = element(target);
    if (element == null) {
      return CallEstimate.of(known(target).multiply(TRAVERSAL));
    }
    Range cost = Range.of(1);
    Kind kind = element.type().kind();
    if (kind == Kind.STRING || kind == Kind.BYTES) {
      cost = cost.add(known(element).multiply(TRAVERSAL));
    }
    return CallEstimate.of(known(target).multiply(cost));
  }

  private static CallEstimate split(Range size, List<CostNode> in) {
    long most = size.max();
    if (in.size() > 1
        && in.get(1).expr() instanceof Expr.Literal(int _, Constant.Int(long count))) {
      most = count;
    }
    return new CallEstimate(size.multiply(2 * TRAVERSAL), new Range(0, most));
  }

  private CallEstimate join(CostNode target, List<CostNode> in) {
    Range size = Range.ZERO;
    Range count = known(target);
    CostNode element = element(target);
    if (element != null) {
      size = count.multiply(known(element));
    }
    if (!in.isEmpty()) {
      long least = count.min() == 0 ? 0 : count.min() - 1;
      long most = count.max() == 0 ? 0 : count.max() - 1;
      size = size.add(known(in.getFirst()).multiply(new Range(least, most)));
    }
    return sized(size, 1);
  }

  private CallEstimate find(Range size, List<CostNode> in) {
    Range text = size.add(Range.of(1)).multiply(TRAVERSAL);
    Range pattern = known(in.getFirst()).multiply(Costs.REGEX_LENGTH);
    return new CallEstimate(text.multiply(pattern), new Range(0, size.max()));
  }

  private CallEstimate contains(String function, String overload, CostNode other) {
    Range cost = ADDRESS.add(ADDRESS).multiply(TRAVERSAL);
    if (function.equals("containsCIDR")) {
      cost = cost.add(ADDRESS.multiply(TRAVERSAL)).add(Range.of(1));
    }
    if (overload.endsWith("_string")) {
      cost = cost.add(known(other).multiply(TRAVERSAL));
    }
    return CallEstimate.of(cost);
  }

  private static @Nullable CallEstimate equality(CostNode left, CostNode right) {
    CelType type = left.type();
    if (!type.name().equals(right.type().name())) {
      return null;
    }
    if (KubernetesCallCosts.isComparedAtOnce(type)) {
      return fixed(1);
    }
    if (type.equals(NamedFormats.TYPE)) {
      return CallEstimate.of(new Range(1, FORMAT_NAME).multiply(TRAVERSAL));
    }
    if (type.equals(Urls.TYPE)) {
      Range size = right.computed();
      long most = size == null ? 1 : size.max();
      return CallEstimate.of(new Range(1, most).multiply(TRAVERSAL));
    }
    return null;
  }
}
