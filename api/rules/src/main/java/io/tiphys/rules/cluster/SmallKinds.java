package io.tiphys.rules.cluster;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.NodeV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.LimitRange;
import io.tiphys.api.core.v1.LimitRangeItem;
import io.tiphys.api.core.v1.PodTemplate;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.node.v1.RuntimeClass;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.Json;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.pods.PodValidation;
import io.tiphys.rules.warnings.ClusterWarnings;
import io.tiphys.rules.warnings.ServiceWarnings;
import io.tiphys.rules.warnings.StorageWarnings;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kinds whose rules fit in a few lines. */
public final class SmallKinds {
  /** Upstream's --event-ttl. */
  private static final Duration EVENT_LIFE = Duration.ofHours(1);

  private static final List<String> EITHER_ROLE = List.of("Role", "ClusterRole");
  private static final List<String> CLUSTER_ROLE = List.of("ClusterRole");
  private static final String RBAC = "rbac.authorization.k8s.io";

  private SmallKinds() {}

  public static List<ResourceRules<?>> list() {
    List<ResourceRules<?>> rules = new ArrayList<>();
    rules.add(
        new PlainRules<>(CoreV1.CONFIGMAPS)
            .checking(DataValidation::of)
            .checkingUpdatesAlone(DataValidation::ofUpdate));
    rules.add(
        new PlainRules<>(CoreV1.SECRETS)
            .defaulting(SmallKinds::withDefaults)
            .checking(DataValidation::of)
            .checkingUpdatesAlone(DataValidation::ofUpdate)
            .selectableBy("type", Secret::type_)
            .warning(ClusterWarnings::of, (secret, _) -> ClusterWarnings.of(secret)));
    rules.add(
        new PlainRules<>(CoreV1.SERVICEACCOUNTS)
            .warning(account -> ClusterWarnings.of(account, null), ClusterWarnings::of));
    rules.add(
        new PlainRules<>(CoreV1.ENDPOINTS)
            .warning(ServiceWarnings::of, (endpoints, _) -> ServiceWarnings.of(endpoints))
            .defaulting(SmallKinds::withDefaults)
            .checkingWithOld(EndpointValidation::of)
            .createdOnUpdate());
    rules.add(events());
    rules.add(
        new PlainRules<>(CoreV1.LIMITRANGES)
            .defaulting(SmallKinds::withDefaults)
            .createdOnUpdate()
            .checking(LimitValidation::of));
    rules.add(
        new PlainRules<>(CoreV1.PODTEMPLATES)
            .warning(WorkloadWarnings::of, WorkloadWarnings::onUpdate)
            .defaulting(template -> template.withTemplate(PodDefaults.of(template.template())))
            .preparing(
                (template, old) ->
                    template.withTemplate(
                        DisabledFields.dropped(
                            template.template(), old == null ? null : old.template())))
            .counting(PodTemplate::template)
            .checking(template -> PodValidation.of(template.template(), FieldPath.of("template"))));
    rules.add(
        new PlainRules<>(AppsV1.CONTROLLERREVISIONS)
            .checking(RevisionValidation::of)
            .checkingUpdatesAlone(RevisionValidation::ofUpdate));
    rules.add(
        new PlainRules<>(CoordinationV1.LEASES)
            .createdOnUpdate()
            .updatedKnowingly()
            .preparing(ClassValidation::prepared)
            .checking(ClassValidation::lease));
    rules.add(
        new PlainRules<>(DiscoveryV1.ENDPOINTSLICES)
            .warning(ServiceWarnings::onCreate, (slice, _) -> ServiceWarnings.onUpdate(slice))
            .defaulting(SmallKinds::withDefaults)
            .preparing(EndpointValidation::withoutTopology)
            .counting(SmallKinds::wish)
            .checkingWithOld(EndpointValidation::of));
    rules.add(
        new PlainRules<>(RbacV1.ROLES)
            .named(NameRule.PATH_SEGMENT)
            .createdOnUpdate()
            .checking(RbacValidation::role));
    rules.add(
        new PlainRules<>(RbacV1.CLUSTERROLES)
            .named(NameRule.PATH_SEGMENT)
            .createdOnUpdate()
            .checking(RbacValidation::clusterRole));
    rules.add(
        new PlainRules<>(RbacV1.ROLEBINDINGS)
            .named(NameRule.PATH_SEGMENT)
            .createdOnUpdate()
            .defaulting(
                b ->
                    b.toBuilder()
                        .roleRef(withDefaults(b.roleRef()))
                        .subjects(withDefaults(b.subjects()))
                        .build())
            .checking(b -> RbacValidation.binding(b.roleRef(), b.subjects(), EITHER_ROLE))
            .checkingUpdates((b, old) -> sameRole(b.roleRef(), old.roleRef())));
    rules.add(
        new PlainRules<>(RbacV1.CLUSTERROLEBINDINGS)
            .named(NameRule.PATH_SEGMENT)
            .createdOnUpdate()
            .defaulting(
                b ->
                    b.toBuilder()
                        .roleRef(withDefaults(b.roleRef()))
                        .subjects(withDefaults(b.subjects()))
                        .build())
            .checking(b -> RbacValidation.binding(b.roleRef(), b.subjects(), CLUSTER_ROLE))
            .checkingUpdates((b, old) -> sameRole(b.roleRef(), old.roleRef())));
    rules.add(
        new PlainRules<>(StorageV1.STORAGECLASSES)
            .warning(StorageWarnings::of, (type, _) -> StorageWarnings.of(type))
            .defaulting(SmallKinds::withDefaults)
            .checking(ClassValidation::storage)
            .checkingUpdates(ClassValidation::storageUpdate));
    rules.add(
        new PlainRules<>(NodeV1.RUNTIMECLASSES)
            .createdOnUpdate()
            .updatedKnowingly()
            .checking(ClassValidation::runtime)
            .checkingUpdates(SmallKinds::sameHandler)
            .warning(ClusterWarnings::of, (type, _) -> ClusterWarnings.of(type)));
    rules.add(
        new PlainRules<>(SchedulingV1.PRIORITYCLASSES)
            .counting(_ -> "never changes")
            .defaulting(
                type ->
                    type.preemptionPolicy() == null
                        ? type.withPreemptionPolicy("PreemptLowerPriority")
                        : type)
            .checking(ClassValidation::priority)
            .checkingUpdatesAlone(ClassValidation::priorityUpdate));
    return rules;
  }

  private static PlainRules<Event> events() {
    return new PlainRules<>(CoreV1.EVENTS)
        .named(NameRule.PATH_SEGMENT)
        .checking(EventValidation::ofCore)
        .living(EVENT_LIFE)
        .createdOnUpdate()
        .selectableBy("involvedObject.kind", e -> e.involvedObject().kind())
        .selectableBy("involvedObject.namespace", e -> e.involvedObject().namespace())
        .selectableBy("involvedObject.name", e -> e.involvedObject().name())
        .selectableBy("involvedObject.uid", e -> e.involvedObject().uid())
        .selectableBy("involvedObject.apiVersion", e -> e.involvedObject().apiVersion())
        .selectableBy("involvedObject.resourceVersion", e -> e.involvedObject().resourceVersion())
        .selectableBy("involvedObject.fieldPath", e -> e.involvedObject().fieldPath())
        .selectableBy("reason", Event::reason)
        .selectableBy("reportingComponent", Event::reportingComponent)
        .selectableBy("source", SmallKinds::source)
        .selectableBy("type", Event::type_);
  }

  /** Newer events say who reports them in another field; upstream's ToSelectableFields. */
  private static String source(Event event) {
    String component = event.source().component();
    return component.isEmpty() ? event.reportingComponent() : component;
  }

  private static Secret withDefaults(Secret secret) {
    Map<String, Bytes> data = new LinkedHashMap<>(secret.data());
    secret.stringData().forEach((name, text) -> data.put(name, Bytes.utf8(text)));
    return secret.toBuilder()
        .type_(secret.type_().isEmpty() ? "Opaque" : secret.type_())
        .data(data)
        .stringData(Map.of())
        .build();
  }

  /** The most is the default, the default is what is asked for, and else the least is. */
  private static LimitRange withDefaults(LimitRange range) {
    List<LimitRangeItem> items = new ArrayList<>();
    for (LimitRangeItem item : range.spec().limits()) {
      Map<String, Quantity> limits = new LinkedHashMap<>(item.default_());
      Map<String, Quantity> requests = new LinkedHashMap<>(item.defaultRequest());
      if (item.type().equals("Container")) {
        item.max().forEach(limits::putIfAbsent);
        limits.forEach(requests::putIfAbsent);
        item.min().forEach(requests::putIfAbsent);
      }
      items.add(item.toBuilder().default_(limits).defaultRequest(requests).build());
    }
    return range.withSpec(range.spec().withLimits(items));
  }

  private static Endpoints withDefaults(Endpoints endpoints) {
    List<EndpointSubset> subsets = new ArrayList<>();
    for (EndpointSubset subset : endpoints.subsets()) {
      subsets.add(
          subset.withPorts(
              subset.ports().stream()
                  .map(port -> port.protocol().isEmpty() ? port.withProtocol("TCP") : port)
                  .toList()));
    }
    return endpoints.withSubsets(subsets);
  }

  private static EndpointSlice withDefaults(EndpointSlice slice) {
    List<EndpointPort> ports = new ArrayList<>();
    for (EndpointPort port : slice.ports()) {
      ports.add(
          port.toBuilder()
              .name(port.name() == null ? "" : port.name())
              .protocol(port.protocol() == null ? "TCP" : port.protocol())
              .build());
    }
    return slice.withPorts(ports);
  }

  /** All of a slice but its metadata, and its labels. */
  private static Object wish(EndpointSlice slice) {
    return List.of(slice.withMetadata(ObjectMeta.EMPTY), slice.metadata().labels());
  }

  private static RoleRef withDefaults(RoleRef role) {
    return role.apiGroup().isEmpty() ? role.withApiGroup(RBAC) : role;
  }

  private static List<Subject> withDefaults(List<Subject> subjects) {
    return subjects.stream()
        .map(s -> s.apiGroup().isEmpty() && !isAccount(s) ? s.withApiGroup(RBAC) : s)
        .toList();
  }

  private static boolean isAccount(Subject subject) {
    return subject.kind().equals("ServiceAccount");
  }

  private static List<FieldError> sameRole(RoleRef role, RoleRef old) {
    if (role.equals(old)) {
      return List.of();
    }
    Json shown =
        Json.Obj.builder()
            .put("apiGroup", role.apiGroup())
            .put("kind", role.kind())
            .put("name", role.name())
            .build();
    return List.of(FieldError.invalid(FieldPath.of("roleRef"), shown, "cannot change roleRef"));
  }

  private static StorageClass withDefaults(StorageClass type) {
    return type.toBuilder()
        .reclaimPolicy(type.reclaimPolicy() == null ? "Delete" : type.reclaimPolicy())
        .volumeBindingMode(
            type.volumeBindingMode() == null ? "Immediate" : type.volumeBindingMode())
        .build();
  }

  private static List<FieldError> sameHandler(RuntimeClass type, RuntimeClass old) {
    List<FieldError> errors = new ArrayList<>();
    ObjectMetaRules.immutable(errors, FieldPath.of("handler"), type.handler(), old.handler());
    return errors;
  }
}
