package io.tiphys.server.authorization;

import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.server.authorization.Authorizer.Attributes;
import java.util.List;
import java.util.Set;

/** A policy rule made ready for quick answers; see upstream's rbac/v1/evaluation_helpers.go. */
final class Rule {
  private static final String ALL = "*";

  private final PolicyRule source;
  private final Set<String> verbs;
  private final Set<String> groups;
  private final Set<String> resources;
  private final Set<String> names;

  Rule(PolicyRule source) {
    this.source = source;
    this.verbs = Set.copyOf(source.verbs());
    this.groups = Set.copyOf(source.apiGroups());
    this.resources = Set.copyOf(source.resources());
    this.names = Set.copyOf(source.resourceNames());
  }

  PolicyRule source() {
    return source;
  }

  boolean allows(Attributes attributes) {
    if (!has(verbs, attributes.verb())) {
      return false;
    }
    return attributes.resourceRequest()
        ? has(groups, attributes.apiGroup())
            && coversResource(attributes)
            && (names.isEmpty() || names.contains(attributes.name()))
        : coversPath(source.nonResourceURLs(), attributes.path());
  }

  private boolean coversResource(Attributes attributes) {
    return has(resources, attributes.combinedResource())
        || (!attributes.subresource().isEmpty()
            && resources.contains("*/" + attributes.subresource()));
  }

  static boolean coversPath(List<String> granted, String path) {
    for (String url : granted) {
      if (url.equals(path) || (url.endsWith(ALL) && path.startsWith(withoutStars(url)))) {
        return true;
      }
    }
    return false;
  }

  private static String withoutStars(String url) {
    int end = url.length();
    while (end > 0 && url.charAt(end - 1) == '*') {
      end--;
    }
    return url.substring(0, end);
  }

  private static boolean has(Set<String> set, String value) {
    return set.contains(value) || set.contains(ALL);
  }
}
