package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may change in a pod that waits at a scheduling gate: the choice of nodes may become
 * narrower. Checked against validateNodeSelectorMutation and validateNodeAffinityMutation.
 */
final class GatedPodUpdate {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private final Checks checks;
  private final PodSpec before;

  GatedPodUpdate(Checks checks, PodSpec before) {
    this.checks = checks;
    this.before = before;
  }

  /** The spec with what may change set back to what it was. */
  PodSpec masked(PodSpec spec) {
    selector(spec.nodeSelector());
    NodeAffinity old = ofNodes(before.affinity());
    NodeAffinity now = ofNodes(spec.affinity());
    Affinity affinity = spec.affinity();
    if (old == null ? now != null : !old.equals(now)) {
      affinity(now, old);
      affinity =
          before.affinity() == null
              ? withoutEmpty(affinity)
              : (affinity == null ? Affinity.EMPTY : affinity).withNodeAffinity(old);
    }
    return spec.toBuilder().nodeSelector(before.nodeSelector()).affinity(affinity).build();
  }

  private static @Nullable NodeAffinity ofNodes(@Nullable Affinity affinity) {
    return affinity == null ? null : affinity.nodeAffinity();
  }

  private static @Nullable Affinity withoutEmpty(@Nullable Affinity affinity) {
    Affinity rest = affinity == null ? Affinity.EMPTY : affinity.withNodeAffinity(null);
    return rest.equals(Affinity.EMPTY) ? null : rest;
  }

  private void selector(Map<String, String> wanted) {
    if (!wanted.entrySet().containsAll(before.nodeSelector().entrySet())) {
      checks.invalid(
          SPEC.child("nodeSelector"),
          wanted,
          "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
    }
  }

  private void affinity(@Nullable NodeAffinity wanted, @Nullable NodeAffinity old) {
    List<NodeSelectorTerm> had = terms(old);
    List<NodeSelectorTerm> terms = terms(wanted);
    FieldPath path =
        SPEC.child(
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms");
    if (had.isEmpty()) {
      return;
    }
    if (had.size() != terms.size()) {
      List<Json> shown =
          terms.stream().map(term -> GoStructs.show("core.NodeSelectorTerm", term::write)).toList();
      checks.invalid(
          path, shown, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
      return;
    }
    for (int i = 0; i < had.size(); i++) {
      NodeSelectorTerm term = terms.get(i);
      if (!onlyAdds(term, had.get(i))) {
        checks.invalid(
            path.index(i),
            GoStructs.show("core.NodeSelectorTerm", term::write),
            "only additions are allowed (no mutations or deletions)");
      }
    }
  }

  private static List<NodeSelectorTerm> terms(@Nullable NodeAffinity affinity) {
    NodeSelector required =
        affinity == null ? null : affinity.requiredDuringSchedulingIgnoredDuringExecution();
    return required == null ? List.of() : required.nodeSelectorTerms();
  }

  /** A term without requirements matches nothing: any addition would let nodes in. */
  private static boolean onlyAdds(NodeSelectorTerm wanted, NodeSelectorTerm old) {
    return old.equals(NodeSelectorTerm.EMPTY)
        ? wanted.equals(old)
        : begins(wanted.matchExpressions(), old.matchExpressions())
            && begins(wanted.matchFields(), old.matchFields());
  }

  private static boolean begins(
      List<NodeSelectorRequirement> wanted, List<NodeSelectorRequirement> old) {
    return wanted.size() >= old.size() && wanted.subList(0, old.size()).equals(old);
  }
}
