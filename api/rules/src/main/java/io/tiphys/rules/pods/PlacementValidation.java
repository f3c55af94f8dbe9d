package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.api.core.v1.TopologySpreadConstraint;
import io.tiphys.api.core.v1.WeightedPodAffinityTerm;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.LabelSelectorRequirement;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a pod wants to run; checked against validateAffinity and its like. */
public final class PlacementValidation {
  private static final List<String> UNSATISFIABLE = List.of("DoNotSchedule", "ScheduleAnyway");
  private static final List<String> INCLUSION = List.of("Honor", "Ignore");
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

  private final Checks checks;

  public PlacementValidation(Checks checks) {
    this.checks = checks;
  }

  void affinity(@Nullable Affinity affinity, FieldPath path) {
    if (affinity == null) {
      return;
    }
    if (affinity.nodeAffinity() != null) {
      nodes(affinity.nodeAffinity(), path.child("nodeAffinity"));
    }
    if (affinity.podAffinity() != null) {
      FieldPath at = path.child("podAffinity");
      terms(affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution(), at);
      weighted(affinity.podAffinity().preferredDuringSchedulingIgnoredDuringExecution(), at);
    }
    if (affinity.podAntiAffinity() != null) {
      FieldPath at = path.child("podAntiAffinity");
      terms(affinity.podAntiAffinity().requiredDuringSchedulingIgnoredDuringExecution(), at);
      weighted(affinity.podAntiAffinity().preferredDuringSchedulingIgnoredDuringExecution(), at);
    }
  }

  private void nodes(NodeAffinity affinity, FieldPath path) {
    if (affinity.requiredDuringSchedulingIgnoredDuringExecution() != null) {
      selector(affinity.requiredDuringSchedulingIgnoredDuringExecution(), path.child(REQUIRED));
    }
    var preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution();
    for (int i = 0; i < preferred.size(); i++) {
      FieldPath at = path.child(PREFERRED).index(i);
      if (preferred.get(i).weight() <= 0 || preferred.get(i).weight() > 100) {
        checks.invalid(at.child("weight"), preferred.get(i).weight(), "must be in the range 1-100");
      }
      term(preferred.get(i).preference(), true, at.child("preference"));
    }
  }

  /** Which nodes will do; also of persistent volumes. */
  public void selector(NodeSelector selector, FieldPath path) {
    FieldPath terms = path.child("nodeSelectorTerms");
    if (selector.nodeSelectorTerms().isEmpty()) {
      checks.required(terms, "must have at least one node selector term");
    }
    for (int i = 0; i < selector.nodeSelectorTerms().size(); i++) {
      term(selector.nodeSelectorTerms().get(i), false, terms.index(i));
    }
  }

  /**
   * @param anyValues whether values need not be those of labels: what is preferred may be missed
   */
  private void term(NodeSelectorTerm term, boolean anyValues, FieldPath path) {
    for (int i = 0; i < term.matchExpressions().size(); i++) {
      FieldPath at = path.child("matchExpressions").index(i);
      expression(term.matchExpressions().get(i), anyValues, at);
    }
    for (int i = 0; i < term.matchFields().size(); i++) {
      nodeField(term.matchFields().get(i), path.child("matchFields").index(i));
    }
  }

  private void expression(NodeSelectorRequirement asked, boolean anyValues, FieldPath path) {
    FieldPath values = path.child("values");
    switch (asked.operator()) {
      case "In", "NotIn" -> {
        if (asked.values().isEmpty()) {
          checks.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!asked.values().isEmpty()) {
          checks.forbidden(
              values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      case "Gt", "Lt" -> {
        if (asked.values().size() != 1) {
          checks.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
      }
      default ->
          checks.invalid(path.child("operator"), asked.operator(), "not a valid selector operator");
    }
    checks.each(path.child("key"), asked.key(), Names.qualifiedName(asked.key()));
    for (int i = 0; i < asked.values().size() && !anyValues; i++) {
      String value = asked.values().get(i);
      checks.each(values.index(i), value, Names.labelValue(value));
    }
  }

  private void nodeField(NodeSelectorRequirement asked, FieldPath path) {
    if (!asked.operator().equals("In") && !asked.operator().equals("NotIn")) {
      checks.invalid(path.child("operator"), asked.operator(), "not a valid selector operator");
    } else if (asked.values().size() != 1) {
      checks.required(
          path.child("values"),
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    }
    if (!asked.key().equals("metadata.name")) {
      checks.invalid(path.child("key"), asked.key(), "not a valid field selector key");
      return;
    }
    for (int i = 0; i < asked.values().size(); i++) {
      String value = asked.values().get(i);
      checks.each(path.child("values").index(i), value, Names.dns1123Subdomain(value));
    }
  }

  private void terms(List<PodAffinityTerm> terms, FieldPath path) {
    for (int i = 0; i < terms.size(); i++) {
      term(terms.get(i), path.child(REQUIRED).index(i));
    }
  }

  private void weighted(List<WeightedPodAffinityTerm> terms, FieldPath path) {
    for (int i = 0; i < terms.size(); i++) {
      FieldPath at = path.child(PREFERRED).index(i);
      if (terms.get(i).weight() <= 0 || terms.get(i).weight() > 100) {
        checks.invalid(at.child("weight"), terms.get(i).weight(), "must be in the range 1-100");
      }
      term(terms.get(i).podAffinityTerm(), at.child("podAffinityTerm"));
    }
  }

  private void term(PodAffinityTerm term, FieldPath path) {
    checks.selector(path.child("labelSelector"), term.labelSelector());
    checks.selector(path.child("namespaceSelector"), term.namespaceSelector());
    for (String name : term.namespaces()) {
      checks.each(path.child("namespace"), name, Names.dns1123Label(name));
    }
    labelKeys(term.matchLabelKeys(), term.mismatchLabelKeys(), term.labelSelector(), path);
    String key = term.topologyKey();
    if (key.isEmpty()) {
      checks.required(path.child("topologyKey"), "can not be empty");
    }
    checks.each(path.child("topologyKey"), key, Names.qualifiedName(key));
  }

  void spread(List<TopologySpreadConstraint> constraints, FieldPath path) {
    for (int i = 0; i < constraints.size(); i++) {
      TopologySpreadConstraint constraint = constraints.get(i);
      FieldPath at = path.index(i);
      if (constraint.maxSkew() <= 0) {
        checks.invalid(at.child("maxSkew"), constraint.maxSkew(), "must be greater than zero");
      }
      if (constraint.topologyKey().isEmpty()) {
        checks.required(at.child("topologyKey"), "can not be empty");
      }
      checks.supported(
          at.child("whenUnsatisfiable"), constraint.whenUnsatisfiable(), UNSATISFIABLE);
      for (TopologySpreadConstraint other : constraints.subList(i + 1, constraints.size())) {
        if (constraint.topologyKey().equals(other.topologyKey())
            && constraint.whenUnsatisfiable().equals(other.whenUnsatisfiable())) {
          checks.add(
              FieldError.duplicate(
                  at.child("{topologyKey, whenUnsatisfiable}"),
                  "{%s, %s}".formatted(constraint.topologyKey(), constraint.whenUnsatisfiable())));
          break;
        }
      }
      domains(constraint, at);
      checks.supported(at.child("nodeAffinityPolicy"), constraint.nodeAffinityPolicy(), INCLUSION);
      checks.supported(at.child("nodeTaintsPolicy"), constraint.nodeTaintsPolicy(), INCLUSION);
      labelKeys(constraint.matchLabelKeys(), List.of(), constraint.labelSelector(), at);
      checks.selector(at.child("labelSelector"), constraint.labelSelector());
    }
  }

  private void domains(TopologySpreadConstraint constraint, FieldPath path) {
    Integer least = constraint.minDomains();
    FieldPath at = path.child("minDomains");
    if (least != null && least <= 0) {
      checks.invalid(at, least, "must be greater than zero");
    }
    if (least != null && !constraint.whenUnsatisfiable().equals("DoNotSchedule")) {
      checks.invalid(
          at,
          least,
          "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
              + constraint.whenUnsatisfiable());
    }
  }

  /** Checked against ValidateMatchLabelKeysAndMismatchLabelKeys. */
  private void labelKeys(
      List<String> match, List<String> mismatch, @Nullable LabelSelector selector, FieldPath path) {
    names(match, selector, path.child("matchLabelKeys"));
    names(mismatch, selector, path.child("mismatchLabelKeys"));
    if (selector != null) {
      Set<String> seen = new HashSet<>(selector.matchLabels().keySet());
      for (LabelSelectorRequirement expression : selector.matchExpressions()) {
        // Those that come from the keys themselves are there by now: see LabelKeys.
        if (!seen.add(expression.key()) && match.contains(expression.key())) {
          checks.invalid(
              path.index(match.lastIndexOf(expression.key())),
              expression.key(),
              "exists in both matchLabelKeys and labelSelector");
        }
      }
    }
    for (int i = 0; i < match.size(); i++) {
      if (mismatch.contains(match.get(i))) {
        checks.invalid(
            path.child("matchLabelKeys").index(i),
            match.get(i),
            "exists in both matchLabelKeys and mismatchLabelKeys");
      }
    }
  }

  private void names(List<String> keys, @Nullable LabelSelector selector, FieldPath path) {
    if (!keys.isEmpty() && selector == null) {
      checks.forbidden(path, "must not be specified when labelSelector is not set");
      return;
    }
    for (int i = 0; i < keys.size(); i++) {
      checks.each(path.index(i), keys.get(i), Names.qualifiedName(keys.get(i)));
    }
  }
}
