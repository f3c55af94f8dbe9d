package io.tiphys.meta.apply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A field that an applier sets to another value than its owner did.
 *
 * <p>Checked against apimachinery/pkg/util/managedfields/internal/conflict.go.
 *
 * @param manager the owner as messages name it: {@code "kubectl" using v1}
 * @param field its path, {@code .spec.replicas}
 */
public record Conflict(String manager, String field) {
  /** The type of each cause in the Status. */
  public static final String CAUSE_TYPE = "FieldManagerConflict";

  /** The message of the cause in the Status; its field is {@link #field}. */
  public String message() {
    return "conflict with " + manager;
  }

  /** The message of the Status. */
  public static String message(List<Conflict> conflicts) {
    if (conflicts.size() == 1) {
      Conflict only = conflicts.getFirst();
      return "Apply failed with 1 conflict: " + only.message() + ": " + only.field;
    }
    Map<String, List<String>> byManager = new LinkedHashMap<>();
    for (Conflict conflict : conflicts) {
      byManager.computeIfAbsent(conflict.manager, _ -> new ArrayList<>()).add(conflict.field);
    }
    List<String> lines = new ArrayList<>();
    byManager.forEach(
        (manager, fields) -> {
          lines.add("conflicts with " + manager + ":");
          fields.forEach(field -> lines.add("- " + field));
        });
    return "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", lines);
  }
}
