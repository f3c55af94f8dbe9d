package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.VolumeNodeAffinity;
import java.util.ArrayList;
import java.util.List;

/**
 * The filters a pod has to pass, in upstream's order (apis/config/v1/default_plugins.go); those
 * that say nothing about the pod at hand are left out, so that a plain pod costs two of them.
 */
final class Filters {
  private static final Filter TAINTS = new TaintsFilter();
  private static final Filter RESOURCES = new ResourcesFilter();

  private Filters() {}

  static List<Filter> forPod(Candidate pod, VolumeNeeds.Known volumes, ClusterState cluster) {
    List<Filter> filters = new ArrayList<>();
    filters.add(TAINTS);
    if (!pod.pod().spec().nodeName().isEmpty()) {
      filters.add(Filters::nodeName);
    }
    if (selectsNodes(pod)) {
      filters.add(Filters::nodeSelection);
    }
    if (!pod.hostPorts().isEmpty()) {
      filters.add(Filters::hostPorts);
    }
    filters.add(RESOURCES);
    for (PersistentVolume volume : volumes.bound()) {
      VolumeNodeAffinity affinity = volume.spec().nodeAffinity();
      if (affinity != null && affinity.required() != null) {
        filters.add(reaches(affinity.required()));
      }
    }
    for (PersistentVolumeClaim claim : volumes.delayed()) {
      String chosen = VolumeNeeds.selectedNode(claim);
      // A node that is gone will never get the volume.
      if (cluster.node(chosen) != null) {
        filters.add(chosenFor(chosen));
      }
    }
    PodAffinityFilter.forPod(pod, cluster).ifPresent(filters::add);
    TopologySpreadFilter.forPod(pod, cluster).ifPresent(filters::add);
    return filters;
  }

  private static boolean selectsNodes(Candidate pod) {
    Affinity affinity = pod.pod().spec().affinity();
    return !pod.pod().spec().nodeSelector().isEmpty()
        || (affinity != null && affinity.nodeAffinity() != null);
  }

  /** Checked against plugins/nodename/node_name.go. */
  private static Filter.Verdict nodeName(Candidate pod, NodeState node, ClusterState cluster) {
    return pod.pod().spec().nodeName().equals(node.name())
        ? Filter.Verdict.FITS
        : Filter.Verdict.unresolvable("node(s) didn't match the requested node name");
  }

  /** Checked against plugins/nodeaffinity/node_affinity.go. */
  private static Filter.Verdict nodeSelection(Candidate pod, NodeState node, ClusterState cluster) {
    return NodeSelection.required(pod, node.node())
        ? Filter.Verdict.FITS
        : Filter.Verdict.unresolvable("node(s) didn't match Pod's node affinity/selector");
  }

  /** Checked against plugins/nodeports/node_ports.go. */
  private static Filter.Verdict hostPorts(Candidate pod, NodeState node, ClusterState cluster) {
    for (Candidate placed : node.pods()) {
      for (Candidate.HostPort taken : placed.hostPorts()) {
        for (Candidate.HostPort wanted : pod.hostPorts()) {
          if (wanted.conflictsWith(taken)) {
            return Filter.Verdict.rejected(
                "node(s) didn't have free ports for the requested pod ports");
          }
        }
      }
    }
    return Filter.Verdict.FITS;
  }

  /** Where a volume is being made; as FindPodVolumes in plugins/volumebinding/binder.go. */
  private static Filter chosenFor(String chosen) {
    return (_, node, _) ->
        node.name().equals(chosen)
            ? Filter.Verdict.FITS
            : Filter.Verdict.unresolvable(
                "node(s) didn't find available persistent volumes to bind");
  }

  private static Filter reaches(NodeSelector required) {
    return (_, node, _) ->
        NodeSelection.matches(required, node.node())
            ? Filter.Verdict.FITS
            : Filter.Verdict.unresolvable("node(s) didn't match PersistentVolume's node affinity");
  }
}
