package io.tiphys.rules.customresources;

import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.customresources.EmbeddedObjects.DnsNames;
import java.util.List;
import java.util.Locale;

/** What a definition calls its objects, asked for and accepted; see its validation.go. */
final class NamesValidation {
  private final Checks checks;

  NamesValidation(Checks checks) {
    this.checks = checks;
  }

  void required(CustomResourceDefinitionNames names, FieldPath at) {
    List<String> words = List.of("plural", "singular", "kind", "listKind");
    List<String> values = List.of(names.plural(), names.singular(), names.kind(), names.listKind());
    for (int i = 0; i < words.size(); i++) {
      if (values.get(i).isEmpty()) {
        checks.required(at.child(words.get(i)));
      }
    }
  }

  void check(CustomResourceDefinitionNames names, FieldPath at) {
    String mixed = "may have mixed case, but should otherwise match: ";
    joined(at.child("plural"), names.plural(), "");
    joined(at.child("singular"), names.singular(), "");
    joined(at.child("kind"), names.kind(), mixed);
    joined(at.child("listKind"), names.listKind(), mixed);
    each(at.child("shortNames"), names.shortNames());
    if (!names.kind().isEmpty() && names.kind().equals(names.listKind())) {
      checks.invalid(
          at.child("listKind"), names.listKind(), "kind and listKind may not be the same");
    }
    each(at.child("categories"), names.categories());
  }

  private void each(FieldPath at, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      String problems = String.join(",", DnsNames.dns1035Label(names.get(i)));
      if (!problems.isEmpty()) {
        checks.invalid(at.index(i), names.get(i), problems);
      }
    }
  }

  void joined(FieldPath at, String name, String before) {
    String plain = before.isEmpty() ? name : name.toLowerCase(Locale.ROOT);
    List<String> problems = name.isEmpty() ? List.of() : DnsNames.dns1035Label(plain);
    if (!problems.isEmpty()) {
      checks.invalid(at, name, before + String.join(",", problems));
    }
  }
}
