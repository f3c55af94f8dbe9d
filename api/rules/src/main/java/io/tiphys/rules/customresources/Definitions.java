package io.tiphys.rules.customresources;

import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions of definitions. Checked against apiextensions-apiserver/pkg/apihelpers. Pure. */
public final class Definitions {
  private Definitions() {}

  /** Whether a condition is true. */
  public static boolean is(CustomResourceDefinition definition, String type) {
    CustomResourceDefinitionCondition condition = condition(definition, type);
    return condition != null && condition.status().equals("True");
  }

  /** The condition, or null. */
  public static @Nullable CustomResourceDefinitionCondition condition(
      CustomResourceDefinition definition, String type) {
    for (CustomResourceDefinitionCondition condition : definition.status().conditions()) {
      if (condition.type().equals(type)) {
        return condition;
      }
    }
    return null;
  }

  /** The definition with a condition, whose time changes with its status alone. */
  public static CustomResourceDefinition with(
      CustomResourceDefinition definition, CustomResourceDefinitionCondition wished, Instant now) {
    List<CustomResourceDefinitionCondition> conditions = new ArrayList<>();
    CustomResourceDefinitionCondition old = condition(definition, wished.type());
    Instant changed =
        old != null && old.status().equals(wished.status())
            ? old.lastTransitionTime()
            : now.truncatedTo(ChronoUnit.SECONDS);
    CustomResourceDefinitionCondition timed = wished.withLastTransitionTime(changed);
    for (CustomResourceDefinitionCondition condition : definition.status().conditions()) {
      conditions.add(condition.type().equals(wished.type()) ? timed : condition);
    }
    if (old == null) {
      conditions.add(timed);
    }
    return definition.withStatus(definition.status().withConditions(conditions));
  }
}
