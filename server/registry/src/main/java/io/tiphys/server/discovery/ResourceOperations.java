package io.tiphys.server.discovery;

import io.tiphys.api.Resource;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.kinds.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The operations on a resource, by path. Pure. Checked against registerResourceHandlers in
 * apiserver/pkg/endpoints/installer.go.
 */
final class ResourceOperations {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  static final List<String> OBJECTS =
      List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");
  private static final List<String> ANYTHING = List.of("*/*");
  private static final List<String> WATCHES =
      both(
          OBJECTS,
          List.of(
              "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"));
  private static final List<String> PATCHES =
      List.of(
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml");

  private static final List<String> PRETTY = List.of("pretty");
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
  private static final List<String> SELECTIONS =
      List.of(
          "continue",
          "fieldSelector",
          "labelSelector",
          "limit",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "shardSelector",
          "timeoutSeconds");
  private static final List<String> LISTS =
      both(SELECTIONS, List.of("allowWatchBookmarks", "watch"));

  /** Whose DELETE is said to answer the object; implements MayReturnFullObjectDeleter upstream. */
  private static final Set<String> DELETED_RETURNED =
      Set.of(
          "csidrivers",
          "csinodes",
          "deviceclasses",
          "persistentvolumeclaims",
          "persistentvolumes",
          "pods",
          "podtemplates",
          "resourceclaims",
          "resourceclaimtemplates",
          "resourcequotas",
          "resourceslices",
          "serviceaccounts",
          "services",
          "storageclasses",
          "volumeattachments",
          "volumeattributesclasses");

  private final ServedKind<?> entry;
  private final Resource<?> resource;
  private final ApiWords words;
  private final Map<String, List<Operation>> byPath = new TreeMap<>();

  private ResourceOperations(ServedKind<?> entry) {
    this.entry = entry;
    resource = entry.resource();
    words = new ApiWords(resource.group(), resource.version());
  }

  /** Path by path, in alphabetical order. */
  static Map<String, List<Operation>> of(ServedKind<?> entry) {
    ResourceOperations operations = new ResourceOperations(entry);
    operations.addCollection();
    operations.addObject();
    operations.addWatches();
    entry.subresources().forEach(operations::addPart);
    return operations.byPath;
  }

  private void addCollection() {
    String collection = path("") + resource.plural();
    String list = reference(resource.kind() + "List");
    if (can("list")) {
      String asked = can("watch") ? "list or watch" : "list";
      String doc = asked + " objects of kind " + resource.kind();
      add(collection, reads("list", id("list", ""), doc, WATCHES, scoped(LISTS), list));
      if (resource.namespaced()) {
        String everywhere = "list" + words.id() + resource.kind() + "ForAllNamespaces";
        List<String> parameters = both(LISTS, PRETTY);
        add(
            words.root() + "/" + resource.plural(),
            reads("list", everywhere, doc, WATCHES, parameters, list));
      }
    }
    if (can("create")) {
      add(collection, creates(resource.type().gvk(), "", scoped(WRITES)));
    }
    if (can("deletecollection")) {
      Operation.Body options = new Operation.Body(META + "DeleteOptions", false);
      String name = "delete" + words.id() + "Collection" + scope() + resource.kind();
      add(
          collection,
          operation("delete", "deletecollection", resource.type().gvk())
              .named(name, "delete collection of " + resource.kind())
              .takes(ANYTHING, options, scoped(both(DELETES, SELECTIONS)))
              .gives(OBJECTS, Operation.ok(META + "Status")));
    }
  }

  private void addObject() {
    String object = path("") + resource.plural() + "/{name}";
    GroupVersionKind kind = resource.type().gvk();
    String self = reference(resource.kind());
    for (String verb : entry.verbs()) {
      switch (verb) {
        case "get" -> add(object, gets(kind, "", OBJECTS, self, List.of()));
        case "update" -> add(object, replaces(kind, ""));
        case "patch" -> add(object, patches(kind, ""));
        case "delete" -> add(object, deletes(kind, self));
        default -> {} // of the collection
      }
    }
  }

  private Operation deletes(GroupVersionKind kind, String self) {
    String answer = DELETED_RETURNED.contains(resource.plural()) ? self : META + "Status";
    return operation("delete", "delete", kind)
        .named(id("delete", ""), "delete" + article(resource.kind()) + resource.kind())
        .takes(ANYTHING, new Operation.Body(META + "DeleteOptions", false), named(DELETES))
        .gives(OBJECTS, Operation.ok(answer), Operation.accepted(answer));
  }

  /** Deprecated upstream since 1.11, yet served. */
  private void addWatches() {
    if (!can("watch")) {
      return;
    }
    String instead =
        resource.kind() + ". deprecated: use the 'watch' parameter with a list operation instead";
    String ofList = "watch individual changes to a list of " + instead + ".";
    String one =
        "watch changes to an object of kind "
            + instead
            + ", filtered to a single item with the 'fieldSelector' parameter.";
    String collection = path("/watch") + resource.plural();
    add(collection, watches("watchlist", id("watch", "") + "List", ofList, scoped(LISTS)));
    add(collection + "/{name}", watches("watch", id("watch", ""), one, named(LISTS)));
    if (resource.namespaced()) {
      String id = "watch" + words.id() + resource.kind() + "ListForAllNamespaces";
      List<String> parameters = both(LISTS, PRETTY);
      add(
          words.root() + "/watch/" + resource.plural(),
          watches("watchlist", id, ofList, parameters));
    }
  }

  private Operation watches(String action, String id, String doc, List<String> parameters) {
    return reads(action, id, doc, WATCHES, parameters, META + "WatchEvent");
  }

  private void addPart(String name, Subresource part) {
    if (name.equals("proxy")) {
      return; // what is behind it has an API of its own
    }
    String path = path("") + resource.plural() + "/{name}/" + name;
    GroupVersionKind kind = part.kind();
    String self = kind.apiVersion() + "/" + kind.kind();
    for (String verb : part.verbs()) {
      add(
          path,
          switch (part) {
            case Subresource.Connection _ ->
                connects(verb.equals("create") ? "post" : verb, name, kind);
            case Subresource.Text _ -> {
              List<String> media = both(List.of("text/plain"), OBJECTS);
              yield gets(kind, name, media, Operation.TEXT, OpenApiParameters.LOG);
            }
            case Subresource.Action _ -> creates(kind, name, named(WRITES));
            case Subresource.Part _, Subresource.Scale _ ->
                switch (verb) {
                  case "get" -> gets(kind, name, OBJECTS, self, List.of());
                  case "update" -> replaces(kind, name);
                  case "patch" -> patches(kind, name);
                  default ->
                      throw new IllegalStateException("no operation for " + verb + " of " + name);
                };
          });
    }
  }

  private Operation reads(
      String action,
      String id,
      String doc,
      List<String> media,
      List<String> parameters,
      String answer) {
    return operation("get", action, resource.type().gvk())
        .named(id, doc)
        .takes(ANYTHING, null, parameters)
        .gives(media, Operation.ok(answer));
  }

  private Operation gets(
      GroupVersionKind kind,
      String part,
      List<String> media,
      String answer,
      List<String> parameters) {
    return operation("get", "get", kind)
        .named(id("read", part), "read " + of(part) + "the specified " + resource.kind())
        .takes(ANYTHING, null, named(parameters))
        .gives(media, Operation.ok(answer));
  }

  private Operation creates(GroupVersionKind kind, String part, List<String> parameters) {
    String self = kind.apiVersion() + "/" + kind.kind();
    String what = part.isEmpty() ? "create" : "create " + part + " of";
    return operation("post", "post", kind)
        .named(id("create", part), what + article(resource.kind()) + resource.kind())
        .takes(ANYTHING, new Operation.Body(self, true), parameters)
        .gives(OBJECTS, Operation.ok(self), Operation.created(self), Operation.accepted(self));
  }

  private Operation replaces(GroupVersionKind kind, String part) {
    String self = kind.apiVersion() + "/" + kind.kind();
    return operation("put", "put", kind)
        .named(id("replace", part), "replace " + of(part) + "the specified " + resource.kind())
        .takes(ANYTHING, new Operation.Body(self, true), named(WRITES))
        .gives(OBJECTS, Operation.ok(self), Operation.created(self));
  }

  private Operation patches(GroupVersionKind kind, String part) {
    String self = kind.apiVersion() + "/" + kind.kind();
    String doc = "partially update " + of(part) + "the specified " + resource.kind();
    return operation("patch", "patch", kind)
        .named(id("patch", part), doc)
        .takes(PATCHES, new Operation.Body(META + "Patch", true), named(PATCHING))
        .gives(OBJECTS, Operation.ok(self), Operation.created(self));
  }

  private Operation connects(String method, String part, GroupVersionKind kind) {
    String id =
        "connect"
            + words.id()
            + ApiWords.capital(method)
            + scope()
            + resource.kind()
            + ApiWords.capital(part);
    String doc = "connect " + method.toUpperCase(Locale.ROOT) + " requests to " + part + " of ";
    List<String> parameters = new ArrayList<>(List.of("name", "namespace"));
    parameters.addAll(OpenApiParameters.CONNECT.getOrDefault(part, List.of()));
    return operation(method, "connect", kind)
        .named(id, doc + resource.kind())
        .takes(ANYTHING, null, parameters)
        .gives(ANYTHING, Operation.ok(Operation.TEXT));
  }

  private boolean can(String verb) {
    return entry.verbs().contains(verb);
  }

  private void add(String path, Operation operation) {
    byPath.computeIfAbsent(path, _ -> new ArrayList<>()).add(operation);
  }

  private String path(String below) {
    return words.root() + below + (resource.namespaced() ? "/namespaces/{namespace}/" : "/");
  }

  private String reference(String kind) {
    return resource.apiVersion() + "/" + kind;
  }

  private String scope() {
    return resource.namespaced() ? "Namespaced" : "";
  }

  private String id(String verb, String part) {
    return verb + words.id() + scope() + resource.kind() + ApiWords.capital(part);
  }

  private static String of(String part) {
    return part.isEmpty() ? "" : part + " of ";
  }

  private List<String> scoped(List<String> parameters) {
    return resource.namespaced()
        ? both(parameters, List.of("namespace", "pretty"))
        : both(parameters, PRETTY);
  }

  private List<String> named(List<String> parameters) {
    return both(scoped(parameters), List.of("name"));
  }

  private static List<String> both(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** GetArticleForNoun of installer.go, with the spaces around it. */
  private static String article(String noun) {
    if (noun.endsWith("s") && !noun.endsWith("ss")) {
      return " ";
    }
    return "AEIOU".indexOf(noun.charAt(0)) < 0 ? " a " : " an ";
  }

  private Draft operation(String method, String action, GroupVersionKind kind) {
    return new Draft(method, action, kind, words.tag(), kind.kind());
  }
}
