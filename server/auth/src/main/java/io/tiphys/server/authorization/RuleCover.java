package io.tiphys.server.authorization;

import io.tiphys.api.rbac.v1.PolicyRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Whether one set of rules grants all that another does: users may not give away what they do not
 * have. Checked against upstream's component-helpers/auth/rbac/validation/policy_comparator.go.
 */
public final class RuleCover {
  private RuleCover() {}

  /** What {@code granted} allows and {@code owned} does not, in atoms. */
  public static List<PolicyRule> missing(List<PolicyRule> owned, List<PolicyRule> granted) {
    List<PolicyRule> missing = new ArrayList<>();
    for (PolicyRule rule : granted) {
      for (PolicyRule atom : atoms(rule)) {
        if (owned.stream().noneMatch(owner -> covers(owner, atom))) {
          missing.add(atom);
        }
      }
    }
    return missing;
  }

  /** The missing atoms as upstream's message lists them: verbs of one resource together. */
  public static String describe(List<PolicyRule> atoms) {
    Map<PolicyRule, List<String>> verbs = new LinkedHashMap<>();
    for (PolicyRule atom : atoms) {
      PolicyRule subject = atom.withVerbs(List.of());
      if (atom.nonResourceURLs().isEmpty()) {
        verbs.computeIfAbsent(subject, _ -> new ArrayList<>()).addAll(atom.verbs());
      } else {
        verbs.put(atom, new ArrayList<>(atom.verbs()));
      }
    }
    TreeSet<String> lines = new TreeSet<>();
    verbs.forEach((rule, all) -> lines.add(line(rule.withVerbs(all))));
    return String.join("\n", lines);
  }

  private static String line(PolicyRule rule) {
    List<String> parts = new ArrayList<>();
    part(parts, "APIGroups", rule.apiGroups());
    part(parts, "Resources", rule.resources());
    part(parts, "NonResourceURLs", rule.nonResourceURLs());
    part(parts, "ResourceNames", rule.resourceNames());
    part(parts, "Verbs", rule.verbs());
    return "{" + String.join(", ", parts) + "}";
  }

  private static void part(List<String> parts, String name, List<String> values) {
    if (!values.isEmpty()) {
      parts.add(name + ":" + quotedList(values));
    }
  }

  /** Go's %q of a slice. */
  public static String quotedList(List<String> values) {
    return values.isEmpty() ? "[]" : "[\"" + String.join("\" \"", values) + "\"]";
  }

  private static List<PolicyRule> atoms(PolicyRule rule) {
    List<PolicyRule> atoms = new ArrayList<>();
    for (String group : rule.apiGroups()) {
      for (String resource : rule.resources()) {
        for (String verb : rule.verbs()) {
          PolicyRule atom =
              PolicyRule.EMPTY
                  .withApiGroups(List.of(group))
                  .withResources(List.of(resource))
                  .withVerbs(List.of(verb));
          if (rule.resourceNames().isEmpty()) {
            atoms.add(atom);
          }
          rule.resourceNames().forEach(name -> atoms.add(atom.withResourceNames(List.of(name))));
        }
      }
    }
    for (String url : rule.nonResourceURLs()) {
      for (String verb : rule.verbs()) {
        atoms.add(PolicyRule.EMPTY.withNonResourceURLs(List.of(url)).withVerbs(List.of(verb)));
      }
    }
    return atoms;
  }

  private static boolean covers(PolicyRule owner, PolicyRule atom) {
    return hasAll(owner.verbs(), atom.verbs())
        && hasAll(owner.apiGroups(), atom.apiGroups())
        && coversResources(owner.resources(), atom.resources())
        && atom.nonResourceURLs().stream()
            .allMatch(url -> Rule.coversPath(owner.nonResourceURLs(), url))
        && (owner.resourceNames().isEmpty()
            || (!atom.resourceNames().isEmpty()
                && owner.resourceNames().containsAll(atom.resourceNames())));
  }

  private static boolean hasAll(List<String> set, List<String> wanted) {
    return set.contains("*") || set.containsAll(wanted);
  }

  private static boolean coversResources(List<String> set, List<String> wanted) {
    return hasAll(set, wanted)
        || wanted.stream()
            .allMatch(
                resource -> {
                  int slash = resource.indexOf('/');
                  return set.contains(resource)
                      || (slash >= 0 && set.contains("*" + resource.substring(slash)));
                });
  }
}
