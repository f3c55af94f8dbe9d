package io.tiphys.server.audit;

import io.tiphys.server.audit.AuditLog.Wanted;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of which requests: the first rule that fits decides, and nothing is recorded
 * where none fits. Checked against audit/policy/checker.go of apiserver/pkg.
 */
public record AuditPolicy(
    List<Rule> rules, Set<AuditEvent.Stage> omitStages, boolean omitManagedFields) {
  public AuditPolicy {
    rules = List.copyOf(rules);
    omitStages = Set.copyOf(omitStages);
  }

  /**
   * What is recorded of the requests that fit; an empty list fits all.
   *
   * @param omitManagedFields null to leave that to the policy
   */
  public record Rule(
      AuditLevel level,
      List<String> users,
      List<String> userGroups,
      List<String> verbs,
      List<GroupResources> resources,
      List<String> namespaces,
      List<String> nonResourceUrls,
      Set<AuditEvent.Stage> omitStages,
      @Nullable Boolean omitManagedFields) {
    public Rule {
      users = List.copyOf(users);
      userGroups = List.copyOf(userGroups);
      verbs = List.copyOf(verbs);
      resources = List.copyOf(resources);
      namespaces = List.copyOf(namespaces);
      nonResourceUrls = List.copyOf(nonResourceUrls);
      omitStages = Set.copyOf(omitStages);
    }

    private boolean fits(Request request) {
      User user = request.user();
      boolean asked =
          (users.isEmpty() || users.contains(user.name()))
              && (userGroups.isEmpty() || user.groups().stream().anyMatch(userGroups::contains))
              && (verbs.isEmpty() || verbs.contains(request.info().verb()));
      if (!asked) {
        return false;
      }
      if (!namespaces.isEmpty() || !resources.isEmpty()) {
        return fitsResource(request.info());
      }
      return nonResourceUrls.isEmpty()
          || (!request.info().resourceRequest()
              && nonResourceUrls.stream().anyMatch(url -> isAt(request.path(), url)));
    }

    private static boolean isAt(String path, String url) {
      if (url.equals("*") || url.equals(path)) {
        return true;
      }
      int end = url.length();
      while (end > 0 && url.charAt(end - 1) == '*') {
        end--;
      }
      return end < url.length() && path.startsWith(url.substring(0, end));
    }

    private boolean fitsResource(RequestInfo info) {
      return info.resourceRequest()
          && (namespaces.isEmpty() || namespaces.contains(info.namespace()))
          && (resources.isEmpty() || resources.stream().anyMatch(each -> each.fit(info)));
    }
  }

  /** Resources of an API group; {@code *} stands for all groups. */
  public record GroupResources(String group, List<String> resources, List<String> names) {
    public GroupResources {
      resources = List.copyOf(resources);
      names = List.copyOf(names);
    }

    private boolean fit(RequestInfo info) {
      if (!group.equals("*") && !group.equals(info.apiGroup())) {
        return false;
      }
      return resources.isEmpty()
          || ((names.isEmpty() || names.contains(info.name()))
              && resources.stream().anyMatch(named -> fits(named, info)));
    }

    private static boolean fits(String named, RequestInfo info) {
      String sub = info.subresource();
      String combined = sub.isEmpty() ? info.resource() : info.resource() + "/" + sub;
      return named.equals("*")
          || named.equals(combined)
          || (!sub.isEmpty() && named.equals("*/" + sub))
          || named.equals(info.resource() + "/*");
    }
  }

  Wanted of(Request request) {
    for (Rule rule : rules) {
      if (rule.fits(request)) {
        Set<AuditEvent.Stage> omitted = EnumSet.noneOf(AuditEvent.Stage.class);
        omitted.addAll(omitStages);
        omitted.addAll(rule.omitStages());
        Boolean ofRule = rule.omitManagedFields();
        return new Wanted(rule.level(), omitted, ofRule == null ? omitManagedFields : ofRule);
      }
    }
    return Wanted.NOTHING;
  }
}
