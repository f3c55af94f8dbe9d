package io.tiphys.server.admission;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.LimitRangeItem;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.pods.PodResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a limit range has against a pod or a claim, in upstream's words and order: least, most,
 * ratio. Pure. Checked against plugin/pkg/admission/limitranger/admission.go.
 */
final class LimitChecks {
  /** Upstream's resource.MaxMilliValue: beyond it amounts are compared in whole units. */
  private static final long MAX_MILLI_VALUE = Long.MAX_VALUE / 1000;

  private final String type;
  private final Map<String, Quantity> requests;
  private final Map<String, Quantity> limits;
  private final List<String> problems;

  private LimitChecks(
      String type,
      Map<String, Quantity> requests,
      Map<String, Quantity> limits,
      List<String> problems) {
    this.type = type;
    this.requests = requests;
    this.limits = limits;
    this.problems = problems;
  }

  static List<String> pod(LimitRange range, Pod pod) {
    List<String> problems = new ArrayList<>();
    for (LimitRangeItem item : range.spec().limits()) {
      switch (item.type()) {
        case "Container" -> {
          container(item, pod.spec().containers(), problems);
          container(item, pod.spec().initContainers(), problems);
        }
        case "Pod" ->
            new LimitChecks(
                    item.type(),
                    PodResources.requests(pod.spec()),
                    PodResources.limits(pod.spec()),
                    problems)
                .check(item);
        default -> {} // about something else
      }
    }
    return problems;
  }

  private static void container(
      LimitRangeItem item, List<Container> containers, List<String> problems) {
    for (Container container : containers) {
      new LimitChecks(
              item.type(),
              container.resources().requests(),
              container.resources().limits(),
              problems)
          .check(item);
    }
  }

  /** Only what a claim requests counts; its limits are no wish of the user. */
  static List<String> claim(LimitRange range, PersistentVolumeClaim claim) {
    List<String> problems = new ArrayList<>();
    for (LimitRangeItem item : range.spec().limits()) {
      if (item.type().equals("PersistentVolumeClaim")) {
        LimitChecks checks =
            new LimitChecks(item.type(), claim.spec().resources().requests(), Map.of(), problems);
        item.min().forEach(checks::least);
        item.max().forEach(checks::mostRequested);
      }
    }
    return problems;
  }

  private void check(LimitRangeItem item) {
    item.min().forEach(this::least);
    item.max().forEach(this::most);
    item.maxLimitRequestRatio().forEach(this::ratio);
  }

  private void least(String resource, Quantity bound) {
    Quantity request = requests.get(resource);
    Quantity limit = limits.get(resource);
    Amounts amounts = Amounts.of(request, limit, bound);
    String start = "minimum %s usage per %s is %s".formatted(resource, type, bound);
    if (request == null) {
      problems.add(start + ".  No request is specified");
    } else if (amounts.request() < amounts.bound()) {
      problems.add(start + ", but request is " + request);
    } else if (limit != null && amounts.limit() < amounts.bound()) {
      problems.add(start + ", but limit is " + limit);
    }
  }

  private void most(String resource, Quantity bound) {
    Quantity request = requests.get(resource);
    Quantity limit = limits.get(resource);
    Amounts amounts = Amounts.of(request, limit, bound);
    String start = mostOf(resource, bound);
    if (limit == null) {
      problems.add(start + ".  No limit is specified");
    } else if (amounts.limit() > amounts.bound()) {
      problems.add(start + ", but limit is " + limit);
    } else if (request != null && amounts.request() > amounts.bound()) {
      problems.add(start + ", but request is " + request);
    }
  }

  private void mostRequested(String resource, Quantity bound) {
    Quantity request = requests.get(resource);
    Amounts amounts = Amounts.of(request, null, bound);
    if (request == null) {
      problems.add(mostOf(resource, bound) + ".  No request is specified");
    } else if (amounts.request() > amounts.bound()) {
      problems.add(mostOf(resource, bound) + ", but request is " + request);
    }
  }

  private String mostOf(String resource, Quantity bound) {
    return "maximum %s usage per %s is %s".formatted(resource, type, bound);
  }

  private void ratio(String resource, Quantity bound) {
    Quantity request = requests.get(resource);
    Quantity limit = limits.get(resource);
    Amounts amounts = Amounts.of(request, limit, bound);
    String start = "%s max limit to request ratio per %s is %s".formatted(resource, type, bound);
    if (request == null || amounts.request() == 0) {
      problems.add(start + ", but no request is specified or request is 0");
      return;
    }
    if (limit == null || amounts.limit() == 0) {
      problems.add(start + ", but no limit is specified or limit is 0");
      return;
    }
    double shown = (double) amounts.limit() / amounts.request();
    boolean precise = bound.value() <= MAX_MILLI_VALUE;
    double found = precise ? shown * 1000 : shown;
    double allowed = precise ? bound.milliValue() : bound.value();
    if (found > allowed) {
      problems.add(start + String.format(Locale.ROOT, ", but provided ratio is %f", shown));
    }
  }

  /** Amounts made comparable: thousandths where none is too large for that. */
  private record Amounts(long request, long limit, long bound) {
    static Amounts of(@Nullable Quantity request, @Nullable Quantity limit, Quantity bound) {
      Quantity asked = request == null ? Quantity.ZERO : request;
      Quantity most = limit == null ? Quantity.ZERO : limit;
      boolean precise =
          asked.value() <= MAX_MILLI_VALUE
              && most.value() <= MAX_MILLI_VALUE
              && bound.value() <= MAX_MILLI_VALUE;
      return precise
          ? new Amounts(asked.milliValue(), most.milliValue(), bound.milliValue())
          : new Amounts(asked.value(), most.value(), bound.value());
    }
  }
}
