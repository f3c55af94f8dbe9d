package io.tiphys.server.tables;

import static io.tiphys.server.tables.Cells.age;
import static io.tiphys.server.tables.Cells.row;

import io.tiphys.api.AdmissionregistrationV1;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiregistrationV1;
import io.tiphys.api.AppsV1;
import io.tiphys.api.AppsV1alpha1;
import io.tiphys.api.AutoscalingV1;
import io.tiphys.api.AutoscalingV2;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CertificatesV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.EventsV1;
import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.NodeV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.ResourceV1;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.rules.autoscaling.AutoscalerForms;
import io.tiphys.rules.cluster.EventRules;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/** Which table each resource has; those without one of their own show name and creation. */
public final class Tables {
  private static final String EVENT =
      "Last Seen|Type|Reason|Object|+Subobject|+Source|Message|+First Seen|+Count|+Name";
  private static final String WORKLOAD = "|+Containers|+Images|+Selector";
  private static final ColumnDescriptions DESCRIPTIONS = ColumnDescriptions.read();
  private static final Map<Resource<?>, TableShape<?>> SHAPES = new HashMap<>();

  private static final TableShape<ApiObject> PLAIN =
      TableShape.of(
          "Name|Created At:date",
          DESCRIPTIONS.of(""),
          (object, _) ->
              row(
                  object.name(),
                  object.metadata().creationTimestamp() == null
                      ? ""
                      : DateTimeFormatter.ISO_INSTANT.format(
                          object.metadata().creationTimestamp().truncatedTo(ChronoUnit.SECONDS))));

  static {
    core();
    storage();
    workloads();
    smallerGroups();
    extensions();
    devices();
  }

  /** How many replicas an object has, in the table of each object that can be scaled. */
  public static final TableShape<Scale> SCALE =
      TableShape.of(
          "Name|Desired:integer|Available:integer|Age",
          DESCRIPTIONS.of("scale"),
          (scale, now) ->
              row(
                  scale.name(),
                  scale.spec().replicas(),
                  scale.status().replicas(),
                  age(scale, now)));

  private Tables() {}

  /** The table of {@code resource}. */
  @SuppressWarnings("unchecked") // the map pairs resources and shapes of one type, see add
  public static <T extends ApiObject> TableShape<? super T> of(Resource<T> resource) {
    TableShape<?> own = SHAPES.get(resource);
    return own == null ? PLAIN : (TableShape<T>) own;
  }

  private static <T extends ApiObject> void add(
      Resource<T> resource, String columns, TableShape.RowOf<T> row) {
    SHAPES.put(resource, TableShape.of(columns, DESCRIPTIONS.of(resource.qualifiedName()), row));
  }

  private static void core() {
    add(
        CoreV1.PODS,
        "Name|Ready|Status|Restarts|Age|+IP|+Node|+Nominated Node|+Readiness Gates",
        PodRow::cells);
    add(
        CoreV1.NODES,
        "Name|Status|Roles|Age|Version|+Internal-IP|+External-IP|+OS-Image|+Kernel-Version"
            + "|+Container-Runtime",
        CoreTables::node);
    add(
        CoreV1.SERVICES,
        "Name|Type|Cluster-IP|External-IP|Port(s)|Age|+Selector",
        CoreTables::service);
    add(CoreV1.ENDPOINTS, "Name|Endpoints|Age", CoreTables::endpoints);
    add(CoreV1.EVENTS, EVENT, CoreTables::event);
    add(EventsV1.EVENTS, EVENT, (event, now) -> CoreTables.event(EventRules.toCore(event), now));
    add(
        CoreV1.PODTEMPLATES,
        "Name|Containers|Images|Pod Labels",
        (template, _) -> WorkloadTables.podTemplate(template));
    add(CoreV1.CONFIGMAPS, "Name|Data|Age", CoreTables::configMap);
    add(CoreV1.RESOURCEQUOTAS, "Name|Request|Limit|Age", CoreTables::quota);
    add(
        CoreV1.NAMESPACES,
        "Name|Status|Age",
        (namespace, now) -> row(namespace.name(), namespace.status().phase(), age(namespace, now)));
    add(
        CoreV1.SECRETS,
        "Name|Type|Data|Age",
        (secret, now) ->
            row(secret.name(), secret.type_(), secret.data().size(), age(secret, now)));
    add(
        CoreV1.SERVICEACCOUNTS,
        "Name|Age",
        (account, now) -> row(account.name(), age(account, now)));
    add(
        CoreV1.REPLICATIONCONTROLLERS,
        "Name|Desired:integer|Current:integer|Ready:integer|Age" + WORKLOAD,
        WorkloadTables::replicationController);
  }

  private static void storage() {
    add(
        CoreV1.PERSISTENTVOLUMES,
        "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass"
            + "|VolumeAttributesClass|Reason|Age|+VolumeMode",
        StorageTables::volume);
    add(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age"
            + "|+VolumeMode",
        StorageTables::claim);
    add(
        StorageV1.STORAGECLASSES,
        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age",
        StorageTables::storageClass);
    add(
        StorageV1.VOLUMEATTACHMENTS,
        "Name|Attacher:string:name|PV|Node|Attached:boolean|Age",
        StorageTables::attachment);
    add(
        StorageV1.CSINODES,
        "Name|Drivers:integer|Age",
        (node, now) -> row(node.name(), node.spec().drivers().size(), age(node, now)));
    add(
        StorageV1.CSIDRIVERS,
        "Name|AttachRequired:boolean|PodInfoOnMount:boolean|StorageCapacity:boolean"
            + "|TokenRequests|RequiresRepublish:boolean|Modes|Age",
        StorageTables::driver);
    add(
        StorageV1.CSISTORAGECAPACITIES,
        "Name|StorageClassName|Capacity",
        (capacity, _) -> StorageTables.capacity(capacity));
    add(
        StorageV1.VOLUMEATTRIBUTESCLASSES,
        "Name|DriverName|Age",
        (type, now) -> row(type.name(), type.driverName(), age(type, now)));
  }

  private static void workloads() {
    add(
        AppsV1.DEPLOYMENTS,
        "Name|Ready|Up-to-date|Available|Age" + WORKLOAD,
        WorkloadTables::deployment);
    add(
        AppsV1.REPLICASETS,
        "Name|Desired:integer|Current:integer|Ready:integer|Age" + WORKLOAD,
        WorkloadTables::replicaSet);
    add(AppsV1.STATEFULSETS, "Name|Ready|Age|+Containers|+Images", WorkloadTables::statefulSet);
    add(
        AppsV1alpha1.PETSETS,
        "Name|Desired:integer|Current:integer|Age|+Containers|+Images",
        WorkloadTables::petSet);
    add(
        AppsV1.DAEMONSETS,
        "Name|Desired:integer|Current:integer|Ready:integer|Up-to-date:integer|Available:integer"
            + "|Node Selector|Age"
            + WORKLOAD,
        WorkloadTables::daemonSet);
    add(AppsV1.CONTROLLERREVISIONS, "Name|Controller|Revision|Age", WorkloadTables::revision);
    add(BatchV1.JOBS, "Name|Status|Completions|Duration|Age" + WORKLOAD, WorkloadTables::job);
    add(
        BatchV1.CRONJOBS,
        "Name|Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age" + WORKLOAD,
        WorkloadTables::cronJob);
  }

  private static void extensions() {
    add(
        CoreV1.COMPONENTSTATUSES,
        "Name|Status|Message|Error",
        (component, _) -> ExtensionTables.component(component));
    String webhooks = "Name|Webhooks:integer|Age";
    add(
        AdmissionregistrationV1.MUTATINGWEBHOOKCONFIGURATIONS,
        webhooks,
        (c, now) -> ExtensionTables.counted(c, c.webhooks().size(), now));
    add(
        AdmissionregistrationV1.VALIDATINGWEBHOOKCONFIGURATIONS,
        webhooks,
        (c, now) -> ExtensionTables.counted(c, c.webhooks().size(), now));
    add(
        AdmissionregistrationV1.VALIDATINGADMISSIONPOLICIES,
        "Name|Validations:integer|ParamKind|Age",
        (p, now) ->
            ExtensionTables.policy(p, p.spec().validations().size(), p.spec().paramKind(), now));
    add(
        AdmissionregistrationV1.MUTATINGADMISSIONPOLICIES,
        "Name|Mutations:integer|ParamKind|Age",
        (p, now) ->
            ExtensionTables.policy(p, p.spec().mutations().size(), p.spec().paramKind(), now));
    String bindings = "Name|PolicyName|ParamRef|Age";
    add(
        AdmissionregistrationV1.VALIDATINGADMISSIONPOLICYBINDINGS,
        bindings,
        (b, now) -> ExtensionTables.binding(b, b.spec().policyName(), b.spec().paramRef(), now));
    add(
        AdmissionregistrationV1.MUTATINGADMISSIONPOLICYBINDINGS,
        bindings,
        (b, now) -> ExtensionTables.binding(b, b.spec().policyName(), b.spec().paramRef(), now));
    add(ApiregistrationV1.APISERVICES, "Name|Service|Available|Age", ExtensionTables::apiService);
    add(
        FlowcontrolV1.FLOWSCHEMAS,
        "Name|PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL",
        ExtensionTables::flowSchema);
    add(
        FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS,
        "Name|Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age",
        ExtensionTables::priorityLevel);
    String autoscaler = "Name|Reference|Targets|MinPods|MaxPods|Replicas|Age";
    add(AutoscalingV2.HORIZONTALPODAUTOSCALERS, autoscaler, AutoscalerTables::row);
    add(
        AutoscalingV1.HORIZONTALPODAUTOSCALERS,
        autoscaler,
        (scaler, now) -> AutoscalerTables.row(AutoscalerForms.current(scaler), now));
  }

  private static void devices() {
    add(ResourceV1.DEVICECLASSES, "Name|Age", (type, now) -> row(type.name(), age(type, now)));
    add(ResourceV1.RESOURCECLAIMS, "Name|State|Age", OtherTables::resourceClaim);
    add(
        ResourceV1.RESOURCECLAIMTEMPLATES,
        "Name|Age",
        (template, now) -> row(template.name(), age(template, now)));
    add(ResourceV1.RESOURCESLICES, "Name|Node|Driver|Pool|Age", OtherTables::resourceSlice);
  }

  private static void smallerGroups() {
    add(
        DiscoveryV1.ENDPOINTSLICES,
        "Name|AddressType|Ports|Endpoints|Age",
        OtherTables::endpointSlice);
    add(
        PolicyV1.PODDISRUPTIONBUDGETS,
        "Name|Min Available|Max Unavailable|Allowed Disruptions:integer|Age",
        OtherTables::budget);
    add(
        RbacV1.ROLEBINDINGS,
        "Name|Role|Age|+Users|+Groups|+ServiceAccounts",
        (b, now) -> OtherTables.binding(b, b.roleRef(), b.subjects(), now));
    add(
        RbacV1.CLUSTERROLEBINDINGS,
        "Name|Role|Age|+Users|+Groups|+ServiceAccounts",
        (b, now) -> OtherTables.binding(b, b.roleRef(), b.subjects(), now));
    add(
        SchedulingV1.PRIORITYCLASSES,
        "Name|Value:integer|Global-Default:boolean|Age|PreemptionPolicy",
        (type, now) ->
            row(
                type.name(),
                type.value(),
                type.globalDefault(),
                age(type, now),
                type.preemptionPolicy() == null ? "" : type.preemptionPolicy()));
    add(
        CoordinationV1.LEASES,
        "Name|Holder|Age",
        (lease, now) ->
            row(
                lease.name(),
                lease.spec().holderIdentity() == null ? "" : lease.spec().holderIdentity(),
                age(lease, now)));
    add(NetworkingV1.INGRESSES, "Name|Class|Hosts|Address|Ports|Age", OtherTables::ingress);
    add(NetworkingV1.INGRESSCLASSES, "Name|Controller|Parameters|Age", OtherTables::ingressClass);
    add(
        NetworkingV1.NETWORKPOLICIES,
        "Name|Pod-Selector|Age",
        (policy, now) ->
            row(policy.name(), Cells.selector(policy.spec().podSelector()), age(policy, now)));
    add(NetworkingV1.SERVICECIDRS, "Name|CIDRs|Age", OtherTables::serviceCidr);
    add(NetworkingV1.IPADDRESSES, "Name|ParentRef", OtherTables::ipAddress);
    add(
        NodeV1.RUNTIMECLASSES,
        "Name|Handler|Age",
        (type, now) -> row(type.name(), type.handler(), age(type, now)));
    add(
        CertificatesV1.CERTIFICATESIGNINGREQUESTS,
        "Name|Age|SignerName|Requestor|RequestedDuration|Condition",
        OtherTables::signingRequest);
  }
}
