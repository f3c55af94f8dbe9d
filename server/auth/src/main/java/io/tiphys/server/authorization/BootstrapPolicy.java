package io.tiphys.server.authorization;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.rbac.v1.AggregationRule;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.base.Invariant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The roles and bindings that every cluster begins with; {@code bootstrap-policy.txt} as objects.
 */
public final class BootstrapPolicy {
  static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";
  private static final String AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-";
  private static final String RBAC = "rbac.authorization.k8s.io";

  private final List<ClusterRole> clusterRoles = new ArrayList<>();
  private final List<Role> roles = new ArrayList<>();
  private final List<ClusterRoleBinding> clusterBindings = new ArrayList<>();
  private final List<RoleBinding> bindings = new ArrayList<>();

  private BootstrapPolicy() {}

  /** Reads the policy that is part of this module. */
  public static RbacObjects load() {
    try (InputStream in = BootstrapPolicy.class.getResourceAsStream("bootstrap-policy.txt")) {
      Invariant.check(in != null, "bootstrap-policy.txt is part of the module");
      return parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RbacObjects parse(String text) {
    BootstrapPolicy policy = new BootstrapPolicy();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        policy.read(line);
      }
    }
    return new RbacObjects(
        policy.clusterRoles, policy.roles, policy.clusterBindings, policy.bindings);
  }

  private void read(String line) {
    String[] words = line.strip().split(" ", -1);
    if (line.startsWith("  ")) {
      addRule(rule(words), roles.isEmpty());
      return;
    }
    switch (words[0]) {
      case "clusterrole" -> clusterRoles.add(clusterRole(words));
      case "role" -> roles.add(Role.EMPTY.withMetadata(metadata(words[1], words[2], Map.of())));
      case "clusterbinding" ->
          clusterBindings.add(
              ClusterRoleBinding.EMPTY
                  .withMetadata(metadata("", words[1], Map.of()))
                  .withRoleRef(ref("ClusterRole", words[2]))
                  .withSubjects(subjects(words, 3)));
      case "binding" -> {
        boolean cluster = words[3].startsWith("cluster:");
        bindings.add(
            RoleBinding.EMPTY
                .withMetadata(metadata(words[1], words[2], Map.of()))
                .withRoleRef(
                    cluster
                        ? ref("ClusterRole", words[3].substring("cluster:".length()))
                        : ref("Role", words[3]))
                .withSubjects(subjects(words, 4)));
      }
      default -> throw new IllegalStateException("bootstrap-policy.txt: " + line);
    }
  }

  /** A rule belongs to the role above it; cluster roles come first in the file. */
  private void addRule(PolicyRule rule, boolean ofClusterRole) {
    if (ofClusterRole) {
      ClusterRole role = clusterRoles.removeLast();
      clusterRoles.add(role.withRules(with(role.rules(), rule)));
    } else {
      Role role = roles.removeLast();
      roles.add(role.withRules(with(role.rules(), rule)));
    }
  }

  private static List<PolicyRule> with(List<PolicyRule> rules, PolicyRule rule) {
    List<PolicyRule> more = new ArrayList<>(rules);
    more.add(rule);
    return more;
  }

  private static ClusterRole clusterRole(String[] words) {
    Map<String, String> labels = new LinkedHashMap<>();
    AggregationRule aggregation = null;
    for (int i = 2; i + 1 < words.length; i += 2) {
      if (words[i].equals("in")) {
        for (String role : words[i + 1].split(",", -1)) {
          labels.put(AGGREGATE_TO + role, "true");
        }
      } else {
        aggregation =
            AggregationRule.EMPTY.withClusterRoleSelectors(
                List.of(
                    LabelSelector.EMPTY.withMatchLabels(
                        Map.of(AGGREGATE_TO + words[i + 1], "true"))));
      }
    }
    return ClusterRole.EMPTY
        .withMetadata(metadata("", words[1], labels))
        .withAggregationRule(aggregation);
  }

  private static PolicyRule rule(String[] words) {
    PolicyRule rule = PolicyRule.EMPTY.withVerbs(listed(words[0]));
    if (words[1].equals("url")) {
      return rule.withNonResourceURLs(listed(words[2]));
    }
    rule = rule.withApiGroups(groups(words[1])).withResources(listed(words[2]));
    return words.length > 4 ? rule.withResourceNames(listed(words[4])) : rule;
  }

  private static List<String> listed(String word) {
    return List.of(word.split(",", -1));
  }

  private static List<String> groups(String word) {
    return listed(word).stream().map(group -> group.equals("core") ? "" : group).toList();
  }

  private static RoleRef ref(String kind, String name) {
    return new RoleRef(RBAC, kind, name);
  }

  private static List<Subject> subjects(String[] words, int from) {
    return Arrays.stream(words, from, words.length).map(BootstrapPolicy::subject).toList();
  }

  private static Subject subject(String word) {
    int colon = word.indexOf(':');
    String name = word.substring(colon + 1);
    return switch (word.substring(0, colon)) {
      case "user" -> new Subject("User", RBAC, name, "");
      case "group" -> new Subject("Group", RBAC, name, "");
      default -> {
        int slash = name.indexOf('/');
        yield new Subject(
            "ServiceAccount", "", name.substring(slash + 1), name.substring(0, slash));
      }
    };
  }

  private static ObjectMeta metadata(String namespace, String name, Map<String, String> more) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("kubernetes.io/bootstrapping", "rbac-defaults");
    labels.putAll(more);
    return ObjectMeta.EMPTY
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .withAnnotations(Map.of(AUTOUPDATE, "true"));
  }
}
