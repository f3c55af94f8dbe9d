package io.tiphys.rules;

import io.tiphys.rules.cluster.BudgetRules;
import io.tiphys.rules.cluster.EventRules;
import io.tiphys.rules.cluster.NamespaceRules;
import io.tiphys.rules.cluster.NodeRules;
import io.tiphys.rules.cluster.QuotaRules;
import io.tiphys.rules.cluster.SmallKinds;
import io.tiphys.rules.customresources.DefinitionRules;
import io.tiphys.rules.pods.PodRules;
import io.tiphys.rules.services.ServiceRules;
import io.tiphys.rules.storage.ClaimRules;
import io.tiphys.rules.storage.VolumeRules;
import io.tiphys.rules.workloads.CronJobRules;
import io.tiphys.rules.workloads.DaemonSetRules;
import io.tiphys.rules.workloads.DeploymentRules;
import io.tiphys.rules.workloads.JobRules;
import io.tiphys.rules.workloads.PetSetRules;
import io.tiphys.rules.workloads.ReplicaSetRules;
import io.tiphys.rules.workloads.ReplicationControllerRules;
import io.tiphys.rules.workloads.StatefulSetRules;
import java.util.ArrayList;
import java.util.List;

/** The list of all rules that were written for a kind. */
final class AllRules {
  private AllRules() {}

  static List<ResourceRules<?>> list() {
    List<ResourceRules<?>> all = new ArrayList<>(SmallKinds.list());
    all.add(new PodRules());
    all.add(new ServiceRules());
    all.add(new NamespaceRules());
    all.add(new NodeRules());
    all.add(new EventRules());
    all.add(new VolumeRules());
    all.add(new ClaimRules());
    all.add(new DeploymentRules());
    all.add(new ReplicaSetRules());
    all.add(new StatefulSetRules());
    all.add(new PetSetRules());
    all.add(new DaemonSetRules());
    all.add(new JobRules());
    all.add(new CronJobRules());
    all.add(new ReplicationControllerRules());
    all.add(new BudgetRules());
    all.add(new QuotaRules());
    all.add(new DefinitionRules());
    return all;
  }
}
