package io.tiphys.controllers.namespace;

import io.tiphys.api.core.v1.NamespaceCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt to empty a namespace left behind, and what its conditions say about it. Checked
 * against pkg/controller/namespace/deletion/status_condition_utils.go.
 */
final class RemainingContent {
  private final Map<String, Integer> byResource = new TreeMap<>();
  private final Map<String, Integer> byFinalizer = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  /** The conditions of a namespace on its way out, and what each says when all is well. */
  private enum Aspect {
    DISCOVERY(
        "NamespaceDeletionDiscoveryFailure",
        "ResourcesDiscovered",
        "All resources successfully discovered"),
    PARSING(
        "NamespaceDeletionGroupVersionParsingFailure",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed"),
    DELETION(
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization"),
    CONTENT("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    FINALIZERS(
        "NamespaceFinalizersRemaining",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished");

    final String type;
    final String reason;
    final String message;

    Aspect(String type, String reason, String message) {
      this.type = type;
      this.reason = reason;
      this.message = message;
    }
  }

  /**
   * @param resource {@code plural.group}, with the dot even for the core group, as upstream prints
   */
  void object(String resource, List<String> finalizers) {
    byResource.merge(resource, 1, Integer::sum);
    finalizers.forEach(finalizer -> byFinalizer.merge(finalizer, 1, Integer::sum));
  }

  void failure(String message) {
    failures.add(message);
  }

  boolean isEmpty() {
    return byResource.isEmpty() && failures.isEmpty();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** The conditions of before brought up to date; times change only where a status does. */
  List<NamespaceCondition> conditions(List<NamespaceCondition> before, Instant now) {
    List<NamespaceCondition> after = new ArrayList<>(before);
    for (Aspect aspect : Aspect.values()) {
      NamespaceCondition wanted = condition(aspect, now);
      int at = indexOf(after, aspect.type);
      if (at < 0) {
        after.add(wanted);
      } else {
        NamespaceCondition old = after.get(at);
        boolean turned = !old.status().equals(wanted.status());
        after.set(at, turned ? wanted : wanted.withLastTransitionTime(old.lastTransitionTime()));
      }
    }
    return after;
  }

  private static int indexOf(List<NamespaceCondition> conditions, String type) {
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).type().equals(type)) {
        return i;
      }
    }
    return -1;
  }

  private NamespaceCondition condition(Aspect aspect, Instant now) {
    String trouble = trouble(aspect);
    String reason =
        switch (aspect) {
          case DELETION -> "ContentDeletionFailed";
          case CONTENT -> "SomeResourcesRemain";
          case FINALIZERS -> "SomeFinalizersRemain";
          case DISCOVERY, PARSING -> aspect.reason;
        };
    return NamespaceCondition.builder()
        .type(aspect.type)
        .status(trouble == null ? "False" : "True")
        .reason(trouble == null ? aspect.reason : reason)
        .message(trouble == null ? aspect.message : trouble)
        .lastTransitionTime(now)
        .build();
  }

  private @Nullable String trouble(Aspect aspect) {
    return switch (aspect) {
      // Kinds are compiled in: there is nothing to discover or to parse that could fail.
      case DISCOVERY, PARSING -> null;
      case DELETION ->
          failures.isEmpty()
              ? null
              : "Failed to delete all resource types, %d remaining: %s"
                  .formatted(
                      failures.size(), String.join(", ", failures.stream().sorted().toList()));
      case CONTENT ->
          byResource.isEmpty()
              ? null
              : "Some resources are remaining: "
                  + listed(byResource, "%s has %d resource instances");
      case FINALIZERS ->
          byFinalizer.isEmpty()
              ? null
              : "Some content in the namespace has finalizers remaining: "
                  + listed(byFinalizer, "%s in %d resource instances");
    };
  }

  private static String listed(Map<String, Integer> counts, String format) {
    return String.join(
        ", ",
        counts.entrySet().stream()
            .map(entry -> format.formatted(entry.getKey(), entry.getValue()))
            .sorted()
            .toList());
  }
}
