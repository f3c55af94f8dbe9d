package io.tiphys.server.admission.quota;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.quota.Amounts;
import io.tiphys.rules.quota.QuotaEvaluator;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.Denials;
import io.tiphys.server.admission.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Whether an object fits into the quotas of its namespace, and what is left of them then. Pure.
 * Checked against CheckRequest of apiserver/pkg/admission/plugin/resourcequota/controller.go.
 */
final class QuotaDecision {
  private final AdmissionRequest request;
  private final QuotaEvaluator evaluator;
  private final Instant now;

  QuotaDecision(AdmissionRequest request, QuotaEvaluator evaluator, Instant now) {
    this.request = request;
    this.evaluator = evaluator;
    this.now = now;
  }

  /** The quotas with the object charged, in the same order. */
  List<ResourceQuota> charge(List<ResourceQuota> quotas) {
    ApiObject object = Objects.requireNonNull(request.object());
    List<Boolean> bounding = new ArrayList<>();
    for (ResourceQuota quota : quotas) {
      boolean bounds = evaluator.bounds(quota, object);
      if (bounds) {
        checkIsCounted(quota, object);
      }
      bounding.add(bounds);
    }
    Map<String, Quantity> usage = evaluator.usage(object, now);
    List<String> negative = Amounts.negative(usage);
    if (!negative.isEmpty()) {
      throw refused("quota usage is negative for resource(s): " + String.join(",", negative));
    }
    List<ResourceQuota> charged = new ArrayList<>();
    for (int i = 0; i < quotas.size(); i++) {
      ResourceQuota quota = quotas.get(i);
      charged.add(bounding.get(i) ? charged(quota, added(quota, usage)) : quota);
    }
    return charged;
  }

  private void checkIsCounted(ResourceQuota quota, ApiObject object) {
    Set<String> names = evaluator.matching(quota.status().hard().keySet());
    String missing = evaluator.missing(names, object);
    if (missing != null) {
      throw refused("failed quota: " + quota.name() + ": " + missing);
    }
    if (!quota.status().used().keySet().containsAll(names)) {
      throw refused(
          "status unknown for quota: " + quota.name() + ", resources: " + String.join(",", names));
    }
  }

  /** What is new: all of it, unless the quota bounded the object as it was, too. */
  private Map<String, Quantity> added(ResourceQuota quota, Map<String, Quantity> usage) {
    ApiObject old = request.old();
    boolean changes =
        request.operation() == Operation.UPDATE && old != null && evaluator.bounds(quota, old);
    Map<String, Quantity> added =
        changes
            ? Amounts.subtract(usage, evaluator.usage(Objects.requireNonNull(old), now))
            : usage;
    return Amounts.withoutZeros(added);
  }

  private ResourceQuota charged(ResourceQuota quota, Map<String, Quantity> added) {
    Map<String, Quantity> hard = quota.status().hard();
    Map<String, Quantity> used = quota.status().used();
    Map<String, Quantity> requested = Amounts.only(added, hard.keySet());
    if (requested.isEmpty()) {
      return quota;
    }
    Map<String, Quantity> sum = Amounts.add(used, requested);
    List<String> exceeded = Amounts.exceeding(Amounts.only(sum, requested.keySet()), hard);
    if (!exceeded.isEmpty() && !request.subresource().equals("status")) {
      throw refused(
          "exceeded quota: %s, requested: %s, used: %s, limited: %s"
              .formatted(
                  quota.name(),
                  Amounts.text(Amounts.only(requested, exceeded)),
                  Amounts.text(Amounts.only(used, exceeded)),
                  Amounts.text(Amounts.only(hard, exceeded))));
    }
    return quota.withStatus(quota.status().withUsed(sum));
  }

  private ApiFailure refused(String why) {
    return Denials.forbidden(request, why);
  }
}
