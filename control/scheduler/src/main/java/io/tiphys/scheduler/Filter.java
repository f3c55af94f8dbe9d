package io.tiphys.scheduler;

import java.util.List;

/** A reason why pods cannot go to nodes. Pure. */
@FunctionalInterface
interface Filter {
  Verdict check(Candidate pod, NodeState node, ClusterState cluster);

  /** What a filter says of one node. */
  sealed interface Verdict {
    Verdict FITS = new Fits();

    static Verdict unresolvable(String reason) {
      return new Rejected(List.of(reason), false);
    }

    static Verdict rejected(String reason) {
      return new Rejected(List.of(reason), true);
    }
  }

  /** The node will do. */
  record Fits() implements Verdict {}

  /**
   * The node will not do.
   *
   * @param reasons in upstream's words, counted per reason in the event
   * @param resolvable taking other pods off the node might help
   */
  record Rejected(List<String> reasons, boolean resolvable) implements Verdict {}
}
