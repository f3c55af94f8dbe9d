package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.LimitRangeItem;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ResourceNames;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Limits of what is in a namespace; checked against ValidateLimitRange. */
final class LimitValidation {
  private static final List<String> TYPES = List.of("Pod", "Container", "PersistentVolumeClaim");
  private static final Quantity ONE = Quantity.parse("1");

  /** Upstream's MaxMilliValue: larger amounts are not counted in thousandths. */
  private static final long MAX_MILLI = Long.MAX_VALUE / 1000;

  private final Checks checks;
  private final LimitRangeItem item;
  private final FieldPath path;

  private LimitValidation(Checks checks, LimitRangeItem item, FieldPath path) {
    this.checks = checks;
    this.item = item;
    this.path = path;
  }

  static List<FieldError> of(LimitRange range) {
    Checks checks = new Checks();
    Set<String> types = new HashSet<>();
    for (int i = 0; i < range.spec().limits().size(); i++) {
      LimitRangeItem item = range.spec().limits().get(i);
      FieldPath path = FieldPath.of("spec", "limits").index(i);
      LimitValidation validation = new LimitValidation(checks, item, path);
      validation.type(path.child("type"));
      if (!types.add(item.type())) {
        checks.add(FieldError.duplicate(path.child("type"), item.type()));
      }
      validation.names().forEach(validation::amounts);
    }
    return checks.errors();
  }

  private void type(FieldPath at) {
    List<String> wrong = Names.qualifiedName(item.type());
    checks.each(at, item.type(), wrong);
    if (wrong.isEmpty() && !item.type().contains("/") && !TYPES.contains(item.type())) {
      checks.invalid(at, item.type(), "must be a standard limit type or fully qualified");
    }
  }

  private boolean isOfPods() {
    return item.type().equals("Pod");
  }

  /** The resources that are limited. */
  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    names(names, item.max(), "max");
    names(names, item.min(), "min");
    if (isOfPods()) {
      String why = "may not be specified when `type` is 'Pod'";
      if (!item.default_().isEmpty()) {
        checks.forbidden(path.child("default"), why);
      }
      if (!item.defaultRequest().isEmpty()) {
        checks.forbidden(path.child("defaultRequest"), why);
      }
    } else {
      names(names, item.default_(), "default");
      names(names, item.defaultRequest(), "defaultRequest");
    }
    if (item.type().equals("PersistentVolumeClaim")
        && !item.min().containsKey("storage")
        && !item.max().containsKey("storage")) {
      checks.required(
          path.child("limits"),
          "either minimum or maximum storage value is required, but neither was provided");
    }
    names(names, item.maxLimitRequestRatio(), "maxLimitRequestRatio");
    return names;
  }

  private void names(Set<String> names, Map<String, Quantity> amounts, String field) {
    for (String name : amounts.keySet()) {
      FieldPath at = path.child(field).key(name);
      if (isOfPods() || item.type().equals("Container")) {
        ResourceNames.ofContainer(checks, name, at);
      } else {
        ResourceNames.check(checks, name, at);
      }
      names.add(name);
    }
  }

  /** The least, what is asked for by default, the default and the most grow in this order. */
  private void amounts(String name) {
    Quantity min = item.min().get(name);
    Quantity max = item.max().get(name);
    Quantity limit = isOfPods() ? null : item.default_().get(name);
    Quantity request = isOfPods() ? null : item.defaultRequest().get(name);
    ordered("min", name, min, "min", min, "max", max);
    ordered("defaultRequest", name, request, "min", min, "default request", request);
    ordered("defaultRequest", name, request, "default request", request, "max", max);
    ordered("defaultRequest", name, request, "default request", request, "default limit", limit);
    ordered("default", name, min, "min", min, "default", limit);
    ordered("default", name, max, "default", limit, "max", max);
    Quantity ratio = item.maxLimitRequestRatio().get(name);
    if (ratio != null) {
      ratio(ratio, min, max, path.child("maxLimitRequestRatio").key(name));
    }
    if (!ResourceNames.overcommits(name)
        && limit != null
        && request != null
        && !limit.equals(request)) {
      checks.invalid(
          path.child("defaultRequest").key(name),
          request.toString(),
          "default value %s must equal to defaultRequest value %s in %s"
              .formatted(limit, request, name));
    }
  }

  /**
   * Of two amounts, if both are given.
   *
   * @param shown what upstream shows as the bad value
   */
  private void ordered(
      String field,
      String name,
      @Nullable Quantity shown,
      String lessName,
      @Nullable Quantity less,
      String moreName,
      @Nullable Quantity more) {
    if (less != null && more != null && shown != null && less.compareTo(more) > 0) {
      checks.invalid(
          path.child(field).key(name),
          shown.toString(),
          "%s value %s is greater than %s value %s".formatted(lessName, less, moreName, more));
    }
  }

  private void ratio(Quantity ratio, @Nullable Quantity min, @Nullable Quantity max, FieldPath at) {
    if (ratio.compareTo(ONE) < 0) {
      checks.invalid(at, ratio.toString(), "ratio " + ratio + " is less than 1");
    }
    if (min == null || max == null) {
      return;
    }
    boolean small = ratio.value() < MAX_MILLI && min.value() < MAX_MILLI && max.value() < MAX_MILLI;
    double wanted = small ? ratio.milliValue() / 1000.0 : ratio.value();
    double most =
        small ? (double) max.milliValue() / min.milliValue() : (double) max.value() / min.value();
    if (wanted > most) {
      checks.invalid(
          at,
          ratio.toString(),
          String.format(Locale.ROOT, "ratio %s is greater than max/min = %f", ratio, most));
    }
  }
}
