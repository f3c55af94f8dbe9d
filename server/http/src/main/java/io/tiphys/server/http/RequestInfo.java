package io.tiphys.server.http;

import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.SelectorException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a path and method ask of the API. Checked against upstream's
 * apiserver/pkg/endpoints/request/requestinfo.go.
 *
 * @param resourceRequest false for {@code /healthz}, discovery and the like; then only {@code verb}
 *     (the method in lower case) is set
 * @param verb get, list, watch, create, update, patch, delete, deletecollection, connect
 * @param apiGroup empty for the core group
 * @param subresource empty for the object itself
 * @param namespace empty when the path names none
 * @param name empty when neither the path nor, for collections, a field selector on {@code
 *     metadata.name} names one
 * @param further whether the path goes on behind the subresource, which only proxies understand
 */
public record RequestInfo(
    boolean resourceRequest,
    String verb,
    String apiGroup,
    String apiVersion,
    String resource,
    String subresource,
    String namespace,
    String name,
    boolean further) {
  private static final Set<String> VERBS_IN_PATH = Set.of("proxy", "watch");
  private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");
  private static final Set<String> LONG_SUBRESOURCES =
      Set.of("attach", "exec", "proxy", "log", "portforward");

  /** A request outside the API's resources. */
  public static RequestInfo ofPath(String method) {
    return new RequestInfo(
        false, method.toLowerCase(java.util.Locale.ROOT), "", "", "", "", "", "", false);
  }

  /** Reads a decoded path and query. */
  public static RequestInfo of(String method, String path, Map<String, List<String>> query) {
    List<String> parts = split(path);
    if (parts.size() < 3) {
      return ofPath(method);
    }
    String group = "";
    switch (parts.getFirst()) {
      case "api" -> parts = rest(parts, 1);
      case "apis" -> {
        if (parts.size() < 4) {
          return ofPath(method);
        }
        group = parts.get(1);
        parts = rest(parts, 2);
      }
      default -> {
        return ofPath(method);
      }
    }
    String version = parts.getFirst();
    parts = rest(parts, 1);
    String verb = verb(method);
    if (VERBS_IN_PATH.contains(parts.getFirst()) && parts.size() > 1) {
      verb = parts.getFirst();
      parts = rest(parts, 1);
    }
    String namespace = "";
    if (parts.getFirst().equals("namespaces") && parts.size() > 1) {
      namespace = parts.get(1);
      if (parts.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(parts.get(2))) {
        parts = rest(parts, 2);
      }
    }
    String name = parts.size() > 1 ? parts.get(1) : "";
    String subresource = parts.size() > 2 && !verb.equals("proxy") ? parts.get(2) : "";
    boolean further = parts.size() > 3 && !verb.equals("proxy") && !subresource.equals("proxy");
    if (name.isEmpty() && verb.equals("get")) {
      verb = watches(query) ? "watch" : "list";
      name = selectedName(query);
    }
    if (name.isEmpty() && verb.equals("delete")) {
      verb = "deletecollection";
    }
    return new RequestInfo(
        true, verb, group, version, parts.getFirst(), subresource, namespace, name, further);
  }

  /** Requests without a deadline: upstream's BasicLongRunningRequestCheck. */
  public boolean longRunning() {
    return verb.equals("watch")
        || verb.equals("proxy")
        || (resourceRequest && LONG_SUBRESOURCES.contains(subresource));
  }

  /** Whether the request changes nothing; {@code proxy} and unknown verbs may. */
  public boolean readOnly() {
    return switch (verb) {
      case "get", "list", "watch", "head", "options" -> true;
      default -> false;
    };
  }

  private static String verb(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  private static boolean watches(Map<String, List<String>> query) {
    List<String> values = query.get("watch");
    return values != null
        && !values.isEmpty()
        && !values.getFirst().equalsIgnoreCase("false")
        && !values.getFirst().equals("0");
  }

  private static String selectedName(Map<String, List<String>> query) {
    List<String> values = query.get("fieldSelector");
    if (values == null || values.isEmpty()) {
      return "";
    }
    String name = exactName(values.getFirst());
    boolean segment =
        !name.equals(".") && !name.equals("..") && !name.contains("/") && !name.contains("%");
    return segment ? name : "";
  }

  private static String exactName(String selector) {
    if (!selector.contains("metadata.name")) {
      return "";
    }
    try {
      return FieldSelector.parse(selector).exactMatch("metadata.name").orElse("");
    } catch (SelectorException e) {
      // Whoever answers the request says what is wrong with it.
      return "";
    }
  }

  private static List<String> split(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return from == to ? List.of() : List.of(path.substring(from, to).split("/", -1));
  }

  private static List<String> rest(List<String> parts, int from) {
    return parts.subList(from, parts.size());
  }
}
