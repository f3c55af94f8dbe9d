package io.tiphys.rules;

import io.tiphys.rules.admissionregistration.AdmissionKinds;
import io.tiphys.rules.apiregistration.ApiServiceRules;
import io.tiphys.rules.autoscaling.AutoscalerRules;
import io.tiphys.rules.autoscaling.OldAutoscalerRules;
import io.tiphys.rules.certificates.SigningRequestRules;
import io.tiphys.rules.cluster.BudgetRules;
import io.tiphys.rules.cluster.EventRules;
import io.tiphys.rules.cluster.NamespaceRules;
import io.tiphys.rules.cluster.NodeRules;
import io.tiphys.rules.cluster.QuotaRules;
import io.tiphys.rules.cluster.SmallKinds;
import io.tiphys.rules.customresources.DefinitionRules;
import io.tiphys.rules.devices.DeviceKinds;
import io.tiphys.rules.flowcontrol.FlowSchemaRules;
import io.tiphys.rules.flowcontrol.PriorityLevelRules;
import io.tiphys.rules.networking.IngressClasses;
import io.tiphys.rules.networking.IngressRules;
import io.tiphys.rules.networking.NetworkPolicies;
import io.tiphys.rules.pods.PodRules;
import io.tiphys.rules.services.IpAddressRules;
import io.tiphys.rules.services.ServiceCidrRules;
import io.tiphys.rules.services.ServiceRules;
import io.tiphys.rules.storage.AttachmentRules;
import io.tiphys.rules.storage.ClaimRules;
import io.tiphys.rules.storage.DriverKinds;
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
    all.add(new ServiceCidrRules());
    all.add(IpAddressRules.rules());
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
    all.add(new IngressRules());
    all.add(IngressClasses.rules());
    all.add(NetworkPolicies.rules());
    all.add(new AutoscalerRules());
    all.add(new OldAutoscalerRules());
    all.addAll(DriverKinds.list());
    all.add(new AttachmentRules());
    all.add(new SigningRequestRules());
    all.add(new ApiServiceRules());
    all.addAll(AdmissionKinds.list());
    all.addAll(DeviceKinds.list());
    all.add(new FlowSchemaRules());
    all.add(new PriorityLevelRules());
    return all;
  }
}
