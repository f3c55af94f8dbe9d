package io.tiphys.server.discovery;

import io.tiphys.api.Resource;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.kinds.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The operations on a custom resource, by path. Pure. Checked against
 * apiextensions-apiserver/pkg/controller/openapi/builder.
 */
final class CustomOperations {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final List<String> TREES = List.of("application/json", "application/yaml");
  private static final List<String> PATCHES =
      List.of(
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/apply-patch+yaml");
  private static final List<String> WRITES = List.of("dryRun", "fieldManager", "fieldValidation");
  private static final List<String> PATCHING =
      List.of("dryRun", "patch.fieldManager", "fieldValidation", "force");
  private static final List<String> DELETES =
      List.of(
          "dryRun",
          "gracePeriodSeconds",
          "ignoreStoreReadErrorWithClusterBreakingPotential",
          "orphanDependents",
          "propagationPolicy");
  private static final List<String> LISTS =
      List.of(
          "allowWatchBookmarks",
          "continue",
          "fieldSelector",
          "labelSelector",
          "limit",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "shardSelector",
          "timeoutSeconds",
          "watch");

  private final ServedKind<?> kind;
  private final Resource<?> resource;
  private final ApiWords words;
  private final GroupVersionKind gvk;
  private final Map<String, List<Operation>> byPath = new TreeMap<>();

  private CustomOperations(ServedKind<?> kind) {
    this.kind = kind;
    resource = kind.resource();
    words = new ApiWords(resource.group(), resource.version());
    gvk = resource.type().gvk();
  }

  /** Path by path, in alphabetical order. */
  static Map<String, List<Operation>> of(ServedKind<?> kind) {
    CustomOperations operations = new CustomOperations(kind);
    operations.addCollection();
    operations.addObject("", gvk(kind));
    kind.subresources().forEach(operations::addPart);
    return operations.byPath;
  }

  private static GroupVersionKind gvk(ServedKind<?> kind) {
    return kind.resource().type().gvk();
  }

  private void addCollection() {
    String all = words.root() + "/" + resource.plural();
    String list = reference(new GroupVersionKind(gvk.group(), gvk.version(), kind.listKind()));
    String doc = "list objects of kind " + resource.kind();
    if (resource.namespaced()) {
      add(
          all,
          operation("get", "list")
              .named("list" + words.id() + resource.kind() + "ForAllNamespaces", doc)
              .takes(TREES, null, both(LISTS, List.of("pretty")))
              .gives(TREES, Operation.ok(list)));
    }
    String collection = path();
    add(
        collection,
        operation("get", "list")
            .named(id("list", ""), doc)
            .takes(TREES, null, scoped(LISTS))
            .gives(TREES, Operation.ok(list)));
    String self = reference(gvk);
    add(
        collection,
        operation("post", "post")
            .named(id("create", ""), "create" + article() + resource.kind())
            .takes(TREES, new Operation.Body(self, true), scoped(WRITES))
            .gives(TREES, Operation.ok(self), Operation.created(self), Operation.accepted(self)));
    add(
        collection,
        operation("delete", "deletecollection")
            .named(
                "delete" + words.id() + "Collection" + scope() + resource.kind(),
                "delete collection of " + resource.kind())
            .takes(TREES, null, scoped(LISTS))
            .gives(TREES, Operation.ok(META + "Status")));
  }

  private void addPart(String name, Subresource part) {
    addObject(name, part.kind());
  }

  private void addObject(String part, GroupVersionKind shown) {
    String path = path() + "/{name}" + (part.isEmpty() ? "" : "/" + part);
    String self = reference(shown);
    String of = part.isEmpty() ? "" : part + " of ";
    String what = of + "the specified " + resource.kind();
    add(
        path,
        operation("get", "get")
            .named(id("read", part), "read " + what)
            .takes(TREES, null, named(List.of("resourceVersion")))
            .gives(TREES, Operation.ok(self)));
    add(
        path,
        operation("put", "put")
            .named(id("replace", part), "replace " + what)
            .takes(TREES, new Operation.Body(self, true), named(WRITES))
            .gives(TREES, Operation.ok(self), Operation.created(self)));
    add(
        path,
        operation("patch", "patch")
            .named(id("patch", part), "partially update " + what)
            .takes(PATCHES, new Operation.Body(META + "Patch", true), named(PATCHING))
            .gives(TREES, Operation.ok(self)));
    if (part.isEmpty()) {
      add(
          path,
          operation("delete", "delete")
              .named(id("delete", ""), "delete" + article() + resource.kind())
              .takes(TREES, new Operation.Body(META + "DeleteOptions", false), named(DELETES))
              .gives(TREES, Operation.ok(META + "Status"), Operation.accepted(META + "Status")));
    }
  }

  private void add(String path, Operation operation) {
    byPath.computeIfAbsent(path, _ -> new ArrayList<>()).add(operation);
  }

  private String path() {
    return words.root()
        + (resource.namespaced() ? "/namespaces/{namespace}/" : "/")
        + resource.plural();
  }

  private static String reference(GroupVersionKind kind) {
    return kind.apiVersion() + "/" + kind.kind();
  }

  private String scope() {
    return resource.namespaced() ? "Namespaced" : "";
  }

  private String id(String verb, String part) {
    return verb + words.id() + scope() + resource.kind() + ApiWords.capital(part);
  }

  private String article() {
    return "AEIOU".indexOf(resource.kind().charAt(0)) < 0 ? " a " : " an ";
  }

  private List<String> scoped(List<String> parameters) {
    return both(
        parameters, resource.namespaced() ? List.of("namespace", "pretty") : List.of("pretty"));
  }

  private List<String> named(List<String> parameters) {
    return both(scoped(parameters), List.of("name"));
  }

  private static List<String> both(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private Draft operation(String method, String action) {
    return new Draft(method, action, gvk, words.tag(), resource.kind());
  }
}
