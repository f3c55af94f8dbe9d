package io.tiphys.server.kinds;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.api.core.v1.ComponentStatus;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.Rules;
import io.tiphys.server.tables.Tables;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The kinds that every server has, before anybody defines more. Checked against upstream's
 * api/discovery documents.
 */
public final class BuiltinKinds {
  private static final List<String> STORED_VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> NAMESPACE_VERBS =
      List.of("create", "delete", "get", "list", "patch", "update", "watch");
  private static final List<String> CREATE = List.of("create");
  private static final List<String> UPDATE = List.of("update");
  private static final List<String> CONNECT = List.of("create", "get");

  /** Every method is passed on; HEAD and OPTIONS have no verb. */
  private static final List<String> PROXY = List.of("create", "delete", "get", "patch", "update");

  private static final List<String> PART_VERBS = List.of("get", "patch", "update");

  /** The groups served, in the order in which clients prefer them. */
  private static final List<String> GROUPS =
      List.of(
          "",
          "apiregistration.k8s.io",
          "apps",
          "events.k8s.io",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "networking.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "storage.k8s.io",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "scheduling.k8s.io",
          "coordination.k8s.io",
          "node.k8s.io",
          "discovery.k8s.io",
          "resource.k8s.io",
          "flowcontrol.apiserver.k8s.io");

  /** Resources that are asked, not stored. */
  private static final Set<String> ASKED =
      Set.of(
          "bindings",
          "tokenreviews",
          "selfsubjectreviews",
          "subjectaccessreviews",
          "selfsubjectaccessreviews",
          "selfsubjectrulesreviews",
          "localsubjectaccessreviews");

  /** What can be done to objects beyond changing parts of them. */
  private static final Map<String, Map<String, Subresource>> ACTIONS =
      Map.of(
          "pods",
          Map.of(
              "attach", new Subresource.Connection(core("PodAttachOptions"), CONNECT),
              "binding", new Subresource.Action(core("Binding")),
              "eviction", new Subresource.Action(new GroupVersionKind("policy", "v1", "Eviction")),
              "exec", new Subresource.Connection(core("PodExecOptions"), CONNECT),
              "log", new Subresource.Text(core("Pod")),
              "portforward", new Subresource.Connection(core("PodPortForwardOptions"), CONNECT),
              "proxy", new Subresource.Connection(core("PodProxyOptions"), PROXY)),
          "services",
          Map.of("proxy", new Subresource.Connection(core("ServiceProxyOptions"), PROXY)),
          "nodes",
          Map.of("proxy", new Subresource.Connection(core("NodeProxyOptions"), PROXY)),
          "serviceaccounts",
          Map.of(
              "token",
              new Subresource.Action(
                  new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest"))));

  /** Whose status has no ConvertToTable upstream; of the other parts none has one. */
  private static final Set<String> UNPRINTED = Set.of("resourceclaims.resource.k8s.io");

  private BuiltinKinds() {}

  /** All of them. */
  public static Registry registry() {
    return registry(
        Resources.all().stream().filter(resource -> GROUPS.contains(resource.group())).toList());
  }

  /** The health of components, which is asked for and kept nowhere. */
  public static ServedKind<ComponentStatus> componentStatuses() {
    return kind(CoreV1.COMPONENTSTATUSES);
  }

  /** Some of them, for a server that has no more. */
  public static Registry registry(Collection<Resource<?>> resources) {
    return Registry.of(GROUPS, resources.stream().<ServedKind<?>>map(BuiltinKinds::kind).toList());
  }

  private static <T extends ApiObject> ServedKind<T> kind(Resource<T> resource) {
    ResourceRules<T> rules = Rules.of(resource);
    if (resource.plural().equals("componentstatuses")) {
      return new ServedKind<>(
          resource, rules, Tables.of(resource), List.of("get", "list"), Map.of());
    }
    if (ASKED.contains(resource.plural())) {
      return new ServedKind<>(resource, rules, Tables.of(resource), CREATE, Map.of());
    }
    List<String> verbs = resource.plural().equals("namespaces") ? NAMESPACE_VERBS : STORED_VERBS;
    return new ServedKind<>(
        resource, rules, Tables.of(resource), verbs, subresources(resource, rules));
  }

  private static <T extends ApiObject> Map<String, Subresource> subresources(
      Resource<T> resource, ResourceRules<T> rules) {
    Map<String, Subresource> parts = new TreeMap<>();
    GroupVersionKind own = resource.type().gvk();
    for (String name : rules.subresources().keySet()) {
      List<String> verbs = name.equals("finalize") ? UPDATE : PART_VERBS;
      boolean printed = name.equals("status") && !UNPRINTED.contains(resource.qualifiedName());
      parts.put(name, new Subresource.Part(own, verbs, printed));
    }
    if (rules.scale().isPresent()) {
      parts.put("scale", new Subresource.Scale());
    }
    parts.putAll(ACTIONS.getOrDefault(resource.qualifiedName(), Map.of()));
    return parts;
  }

  private static GroupVersionKind core(String kind) {
    return new GroupVersionKind("", "v1", kind);
  }
}
