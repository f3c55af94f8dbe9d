package io.tiphys.server.discovery;

import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.rules.Rules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the API serves: groups in upstream's order of preference, their versions, their resources
 * with verbs and subresources. Checked against upstream's api/discovery documents.
 */
public final class Surface {
  private static final List<String> STORED_VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> NAMESPACE_VERBS =
      List.of("create", "delete", "get", "list", "patch", "update", "watch");
  private static final List<String> CREATE = List.of("create");
  private static final List<String> PART_VERBS = List.of("get", "patch", "update");

  /** The groups served, in the order in which clients prefer them. */
  private static final List<String> GROUPS =
      List.of(
          "",
          "apps",
          "events.k8s.io",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "batch",
          "policy",
          "rbac.authorization.k8s.io",
          "storage.k8s.io",
          "scheduling.k8s.io",
          "coordination.k8s.io",
          "discovery.k8s.io");

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

  /** Resources of served groups that nothing here gives a meaning. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "componentstatuses",
          "csidrivers",
          "csistoragecapacities",
          "volumeattributesclasses",
          "volumeattachments");

  private static final GroupVersionKind SCALE = new GroupVersionKind("autoscaling", "v1", "Scale");

  private Surface() {}

  /**
   * A resource with what can be done to it.
   *
   * @param subresources by name, in alphabetical order
   */
  public record Entry(
      Resource<?> resource, List<String> verbs, Map<String, Subresource> subresources) {
    /** Whether its objects are stored, rather than answered at once. */
    public boolean stored() {
      return verbs.contains("list");
    }
  }

  /**
   * A part or an action of a resource.
   *
   * @param kind what is sent and answered
   */
  public record Subresource(GroupVersionKind kind, List<String> verbs) {
    /** Whether it carries streams, rather than an object. */
    boolean connects() {
      return kind.kind().endsWith("Options");
    }
  }

  /** All resources, by group and version in order of preference. */
  public static Map<String, Map<String, List<Entry>>> groups() {
    Map<String, Map<String, List<Entry>>> groups = new LinkedHashMap<>();
    GROUPS.forEach(group -> groups.put(group, new LinkedHashMap<>()));
    for (Entry entry : entries()) {
      groups
          .getOrDefault(entry.resource.group(), new LinkedHashMap<>())
          .computeIfAbsent(entry.resource.version(), _ -> new ArrayList<>())
          .add(entry);
    }
    return groups;
  }

  /** All resources. */
  public static Collection<Entry> entries() {
    return Holder.ENTRIES;
  }

  private static final class Holder {
    private static Entry entry(Resource<?> resource) {
      if (ASKED.contains(resource.plural())) {
        return new Entry(resource, CREATE, Map.of());
      }
      List<String> verbs = resource.plural().equals("namespaces") ? NAMESPACE_VERBS : STORED_VERBS;
      return new Entry(resource, verbs, subresources(resource));
    }

    private static Map<String, Subresource> subresources(Resource<?> resource) {
      Map<String, Subresource> parts = new TreeMap<>();
      GroupVersionKind own = resource.type().gvk();
      for (String name : Rules.of(resource).subresources().keySet()) {
        parts.put(name, new Subresource(own, name.equals("finalize") ? UPDATE : PART_VERBS));
      }
      if (Rules.of(resource).scale().isPresent()) {
        parts.put("scale", new Subresource(SCALE, PART_VERBS));
      }
      parts.putAll(ACTIONS.getOrDefault(resource.qualifiedName(), Map.of()));
      return parts;
    }

    private static final List<String> UPDATE = List.of("update");
    private static final List<String> CONNECT = List.of("create", "get");

    /** What can be done to objects beyond changing parts of them. */
    private static final Map<String, Map<String, Subresource>> ACTIONS =
        Map.of(
            "pods",
            Map.of(
                "attach", core("PodAttachOptions", CONNECT),
                "binding", core("Binding", CREATE),
                "eviction",
                    new Subresource(new GroupVersionKind("policy", "v1", "Eviction"), CREATE),
                "exec", core("PodExecOptions", CONNECT),
                "log", core("Pod", List.of("get")),
                "portforward", core("PodPortForwardOptions", CONNECT)),
            "serviceaccounts",
            Map.of(
                "token",
                new Subresource(
                    new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest"), CREATE)));

    /** Last: made of the fields above. */
    private static final List<Entry> ENTRIES =
        Resources.all().stream()
            .filter(resource -> GROUPS.contains(resource.group()))
            .filter(resource -> !LEFT_OUT.contains(resource.plural()))
            .map(Holder::entry)
            .toList();

    private static Subresource core(String kind, List<String> verbs) {
      return new Subresource(new GroupVersionKind("", "v1", kind), verbs);
    }
  }
}
