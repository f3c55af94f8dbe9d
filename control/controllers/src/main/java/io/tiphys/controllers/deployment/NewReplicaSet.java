package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.TreeWriter;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.TemplateHash;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The set of a template that none is there for yet. Checked against getNewReplicaSet in sync.go.
 */
final class NewReplicaSet {
  /** As validation has it for names of this kind. */
  private static final int MAX_NAME = 253;

  private NewReplicaSet() {}

  static ReplicaSet of(OwnedReplicaSets family) {
    Deployment deployment = family.deployment();
    PodTemplateSpec template = deployment.spec().template();
    TreeWriter tree = new TreeWriter();
    template.write(tree);
    String hash = TemplateHash.of(tree.tree(), deployment.status().collisionCount());
    Map<String, String> labels = with(template.metadata().labels(), hash);
    LabelSelector selector = deployment.spec().selector();
    LabelSelector selected = selector == null ? LabelSelector.EMPTY : selector;
    return ReplicaSet.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(deployment.namespace())
                .name(name(deployment.name(), hash))
                .ownerReferences(List.of(ControllerRefs.of(deployment)))
                .labels(labels)
                .annotations(Revisions.withSize(family, Revisions.ofCurrent(family, Map.of())))
                .build())
        .spec(
            ReplicaSetSpec.builder()
                .replicas(Scaling.currentSize(family, 0))
                .minReadySeconds(deployment.spec().minReadySeconds())
                .selector(selected.withMatchLabels(with(selected.matchLabels(), hash)))
                .template(template.withMetadata(template.metadata().withLabels(labels)))
                .build())
        .build();
  }

  private static String name(String deployment, String hash) {
    int room = MAX_NAME - 1 - hash.length();
    return deployment.substring(0, Math.min(deployment.length(), room)) + "-" + hash;
  }

  private static Map<String, String> with(Map<String, String> labels, String hash) {
    Map<String, String> more = new LinkedHashMap<>(labels);
    more.put(OwnedReplicaSets.HASH, hash);
    return more;
  }
}
