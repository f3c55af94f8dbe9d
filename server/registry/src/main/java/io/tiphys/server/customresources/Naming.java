package io.tiphys.server.customresources;

import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import io.tiphys.meta.GoText;
import io.tiphys.rules.customresources.Definitions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names of a definition are accepted: those that no other of its group has. Pure. Checked
 * against apiextensions-apiserver/pkg/controller/status/naming_controller.go.
 */
final class Naming {
  private final Set<String> resources = new HashSet<>();
  private final Set<String> kinds = new HashSet<>();
  private @Nullable String reason;
  private String message = "";

  private Naming() {}

  /** The definition with its accepted names and the conditions that say so. */
  static CustomResourceDefinition decide(
      CustomResourceDefinition definition, Collection<CustomResourceDefinition> all, Instant now) {
    CustomResourceDefinitionNames wished = definition.spec().names();
    CustomResourceDefinitionNames accepted = definition.status().acceptedNames();
    if (wished.equals(accepted) && Definitions.condition(definition, "NamesAccepted") != null) {
      return definition;
    }
    Naming naming = new Naming();
    for (CustomResourceDefinition other : all) {
      if (other.spec().group().equals(definition.spec().group())) {
        naming.take(other.status().acceptedNames());
      }
    }
    CustomResourceDefinitionNames names = naming.names(wished, accepted);
    CustomResourceDefinition named =
        definition.withStatus(definition.status().withAcceptedNames(names));
    return established(Definitions.with(named, naming.condition(), now), now);
  }

  private void take(CustomResourceDefinitionNames names) {
    resources.add(names.plural());
    resources.add(names.singular());
    resources.addAll(names.shortNames());
    kinds.add(names.kind());
    kinds.add(names.listKind());
  }

  private CustomResourceDefinitionNames names(
      CustomResourceDefinitionNames wished, CustomResourceDefinitionNames accepted) {
    CustomResourceDefinitionNames names = accepted;
    if (isFree(wished.plural(), accepted.plural(), resources, "PluralConflict")) {
      names = names.withPlural(wished.plural());
    }
    if (isFree(wished.singular(), accepted.singular(), resources, "SingularConflict")) {
      names = names.withSingular(wished.singular());
    }
    List<String> taken = new ArrayList<>();
    for (String shortName : wished.shortNames()) {
      if (!accepted.shortNames().contains(shortName) && resources.contains(shortName)) {
        taken.add(GoText.quote(shortName) + " is already in use");
      }
    }
    if (taken.isEmpty()) {
      names = names.withShortNames(wished.shortNames());
    } else {
      reason = "ShortNamesConflict";
      message = taken.size() == 1 ? taken.getFirst() : "[" + String.join(", ", taken) + "]";
    }
    if (isFree(wished.kind(), accepted.kind(), kinds, "KindConflict")) {
      names = names.withKind(wished.kind());
    }
    if (isFree(wished.listKind(), accepted.listKind(), kinds, "ListKindConflict")) {
      names = names.withListKind(wished.listKind());
    }
    return names.withCategories(wished.categories());
  }

  private boolean isFree(String wished, String accepted, Set<String> used, String conflict) {
    if (wished.equals(accepted) || !used.contains(wished)) {
      return true;
    }
    reason = conflict;
    message = GoText.quote(wished) + " is already in use";
    return false;
  }

  private CustomResourceDefinitionCondition condition() {
    return CustomResourceDefinitionCondition.builder()
        .type("NamesAccepted")
        .status(reason == null ? "True" : "False")
        .reason(reason == null ? "NoConflicts" : reason)
        .message(reason == null ? "no conflicts found" : message)
        .build();
  }

  private static CustomResourceDefinition established(
      CustomResourceDefinition definition, Instant now) {
    CustomResourceDefinitionCondition old = Definitions.condition(definition, "Established");
    boolean named = Definitions.is(definition, "NamesAccepted");
    if (old != null && (old.status().equals("True") || !named)) {
      return definition;
    }
    return Definitions.with(
        definition,
        CustomResourceDefinitionCondition.builder()
            .type("Established")
            .status("False")
            .reason(named ? "Installing" : "NotAccepted")
            .message(named ? "the initial names have been accepted" : "not all names are accepted")
            .build(),
        now);
  }
}
