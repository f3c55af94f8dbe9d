package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.meta.GoText;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.Selector;
import io.tiphys.rules.ResourceRules;
import io.tiphys.server.cache.Selection;
import io.tiphys.server.cache.Selection.FieldValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Label and field selectors as selections of the cache. */
final class Selections {
  private static final String NAME = "metadata.name";
  private static final String NAMESPACE = "metadata.namespace";

  private Selections() {}

  static <T extends ApiObject> Selection<T> of(
      Served<T, ?> served, String namespace, Selector labels, FieldSelector fields) {
    Resource<T> resource = served.resource();
    Map<String, Function<T, String>> selectable = selectable(served.rules());
    List<FieldSelector.Term> rest = new ArrayList<>();
    for (FieldSelector.Term term : fields.terms()) {
      if (!selectable.containsKey(term.field())) {
        throw unknown(served.rules(), term.field());
      }
      boolean taken = term.equal() && (term.field().equals(NAME) || term.field().equals(NAMESPACE));
      if (!taken) {
        rest.add(term);
      }
    }
    String name = fields.exactMatch(NAME).orElse("");
    String scope = resource.namespaced() ? namespace : "";
    String wanted = fields.exactMatch(NAMESPACE).orElse(scope);
    Predicate<T> filter = filter(labels, rest, selectable);
    if (!scope.isEmpty() && !wanted.equals(scope)) {
      filter = object -> false;
      wanted = scope;
    }
    if (fields.exactMatch(NAMESPACE).isPresent() && !resource.namespaced()) {
      filter = wanted.isEmpty() ? filter : object -> false;
      wanted = "";
    }
    return new Selection<>(wanted, name, filter, index(rest, selectable));
  }

  private static <T extends ApiObject> @Nullable Predicate<T> filter(
      Selector labels, List<FieldSelector.Term> terms, Map<String, Function<T, String>> fields) {
    if (labels.isEmpty() && terms.isEmpty()) {
      return null;
    }
    return object -> {
      for (FieldSelector.Term term : terms) {
        Function<T, String> read = fields.get(term.field());
        if (read == null || read.apply(object).equals(term.value()) != term.equal()) {
          return false;
        }
      }
      return labels.matches(object.metadata().labels());
    };
  }

  private static <T extends ApiObject> @Nullable FieldValue<T> index(
      List<FieldSelector.Term> terms, Map<String, Function<T, String>> fields) {
    Optional<FieldSelector.Term> exact =
        terms.stream().filter(FieldSelector.Term::equal).findFirst();
    if (exact.isEmpty()) {
      return null;
    }
    Function<T, String> read = fields.get(exact.get().field());
    return read == null ? null : new FieldValue<>(exact.get().field(), read, exact.get().value());
  }

  private static <T extends ApiObject> Map<String, Function<T, String>> selectable(
      ResourceRules<T> rules) {
    Map<String, Function<T, String>> fields = new HashMap<>(rules.selectableFields());
    fields.put(NAME, ApiObject::name);
    fields.put(NAMESPACE, ApiObject::namespace);
    return fields;
  }

  /** Kinds with fields of their own speak of a label, those without list the two they know. */
  private static ApiFailure unknown(ResourceRules<?> rules, String field) {
    return ApiFailure.badRequest(
        rules.selectableFields().isEmpty()
            ? GoText.quote(field)
                + " is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            : "field label not supported: " + field);
  }
}
