package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodAffinity;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.api.core.v1.PodAntiAffinity;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.TopologySpreadConstraint;
import io.tiphys.api.core.v1.WeightedPodAffinityTerm;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what matchLabelKeys and mismatchLabelKeys of a new pod stand for into its label selectors;
 * checked against mutatePodAffinity and mutateTopologySpreadConstraints in
 * pkg/registry/core/pod/strategy.go.
 */
final class LabelKeys {
  private final Map<String, String> labels;

  private LabelKeys(Map<String, String> labels) {
    this.labels = labels;
  }

  static Pod merged(Pod pod) {
    LabelKeys keys = new LabelKeys(pod.metadata().labels());
    PodSpec spec = pod.spec();
    return pod.withSpec(
        spec.toBuilder()
            .affinity(keys.merged(spec.affinity()))
            .topologySpreadConstraints(
                PodDefaults.each(spec.topologySpreadConstraints(), keys::merged))
            .build());
  }

  private TopologySpreadConstraint merged(TopologySpreadConstraint constraint) {
    return constraint.withLabelSelector(
        merged(constraint.labelSelector(), constraint.matchLabelKeys(), List.of()));
  }

  private @Nullable Affinity merged(@Nullable Affinity affinity) {
    if (affinity == null) {
      return null;
    }
    PodAffinity near = affinity.podAffinity();
    PodAntiAffinity far = affinity.podAntiAffinity();
    return affinity.toBuilder()
        .podAffinity(
            near == null
                ? null
                : new PodAffinity(
                    required(near.requiredDuringSchedulingIgnoredDuringExecution()),
                    preferred(near.preferredDuringSchedulingIgnoredDuringExecution())))
        .podAntiAffinity(
            far == null
                ? null
                : new PodAntiAffinity(
                    required(far.requiredDuringSchedulingIgnoredDuringExecution()),
                    preferred(far.preferredDuringSchedulingIgnoredDuringExecution())))
        .build();
  }

  private List<PodAffinityTerm> required(List<PodAffinityTerm> terms) {
    return PodDefaults.each(terms, this::merged);
  }

  private List<WeightedPodAffinityTerm> preferred(List<WeightedPodAffinityTerm> terms) {
    return PodDefaults.each(
        terms, term -> term.withPodAffinityTerm(merged(term.podAffinityTerm())));
  }

  private PodAffinityTerm merged(PodAffinityTerm term) {
    return term.withLabelSelector(
        merged(term.labelSelector(), term.matchLabelKeys(), term.mismatchLabelKeys()));
  }

  /** No selector matches nothing, with whatever keys. */
  private @Nullable LabelSelector merged(
      @Nullable LabelSelector selector, List<String> match, List<String> mismatch) {
    if (selector == null || (match.isEmpty() && mismatch.isEmpty())) {
      return selector;
    }
    List<LabelSelectorRequirement> all = new ArrayList<>(selector.matchExpressions());
    match.forEach(key -> add(all, key, "In"));
    mismatch.forEach(key -> add(all, key, "NotIn"));
    return selector.withMatchExpressions(all);
  }

  private void add(List<LabelSelectorRequirement> all, String key, String operator) {
    String value = labels.get(key);
    if (value != null) {
      all.add(new LabelSelectorRequirement(key, operator, List.of(value)));
    }
  }
}
