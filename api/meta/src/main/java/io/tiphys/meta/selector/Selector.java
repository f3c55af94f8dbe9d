package io.tiphys.meta.selector;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of requirements on labels, all of which must hold. Made from the text of a query, from a
 * map of labels, or from the {@code matchLabels} and {@code matchExpressions} of a LabelSelector.
 *
 * <p>Checked against apimachinery/pkg/labels/selector.go and LabelSelectorAsSelector in
 * apimachinery/pkg/apis/meta/v1/helpers.go.
 */
public final class Selector {
  public static final Selector EVERYTHING = new Selector(List.of(), true);
  public static final Selector NOTHING = new Selector(List.of(), false);

  private final List<Requirement> requirements;
  private final boolean selectable;

  private Selector(List<Requirement> requirements, boolean selectable) {
    this.requirements = requirements;
    this.selectable = selectable;
  }

  /**
   * Reads a query such as {@code app=web,tier in (a, b),!canary}.
   *
   * @throws SelectorException in upstream's words
   */
  public static Selector parse(String text) {
    return of(new SelectorParser(text).parse());
  }

  /** All of the requirements; none at all selects everything. */
  public static Selector of(List<Requirement> requirements) {
    return requirements.isEmpty()
        ? EVERYTHING
        : new Selector(Requirement.sorted(requirements), true);
  }

  /** Exactly these labels, unchecked; an empty map selects everything. */
  public static Selector ofLabels(Map<String, String> labels) {
    List<Requirement> requirements = new ArrayList<>(labels.size());
    labels.forEach((k, v) -> requirements.add(new Requirement(k, Operator.EQUALS, List.of(v))));
    return of(requirements);
  }

  /**
   * One requirement of a LabelSelector's {@code matchExpressions}.
   *
   * @param operator In, NotIn, Exists or DoesNotExist
   * @throws SelectorException in upstream's words
   */
  public static Requirement expression(String key, String operator, List<String> values) {
    Operator known =
        switch (operator) {
          case "In" -> Operator.IN;
          case "NotIn" -> Operator.NOT_IN;
          case "Exists" -> Operator.EXISTS;
          case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
          default ->
              throw new SelectorException(
                  GoText.quote(operator) + " is not a valid label selector operator");
        };
    return Requirement.of(key, known, values);
  }

  /**
   * Checked labels together with expressions: what a LabelSelector means. An absent LabelSelector
   * is {@link #NOTHING}, an empty one {@link #EVERYTHING}.
   */
  public static Selector ofMatch(Map<String, String> matchLabels, List<Requirement> expressions) {
    List<Requirement> requirements = new ArrayList<>(matchLabels.size() + expressions.size());
    matchLabels.forEach((k, v) -> requirements.add(Requirement.of(k, Operator.EQUALS, List.of(v))));
    requirements.addAll(expressions);
    return of(requirements);
  }

  /** Reads a LabelSelector; null selects nothing. */
  public static Selector ofJson(Json selector) {
    if (!(selector instanceof Json.Obj object)) {
      return NOTHING;
    }
    List<Requirement> requirements = new ArrayList<>();
    if (object.get("matchLabels") instanceof Json.Obj(Map<String, Json> labels)) {
      labels.forEach(
          (k, v) -> requirements.add(Requirement.of(k, Operator.EQUALS, List.of(text(v)))));
    }
    if (object.get("matchExpressions") instanceof Json.Arr(List<Json> expressions)) {
      for (Json expression : expressions) {
        if (expression instanceof Json.Obj members) {
          requirements.add(expressionOf(members));
        }
      }
    }
    return of(requirements);
  }

  private static Requirement expressionOf(Json.Obj expression) {
    List<String> values =
        expression.get("values") instanceof Json.Arr(List<Json> elements)
            ? elements.stream().map(Selector::text).toList()
            : List.of();
    return expression(
        text(expression.members().getOrDefault("key", Json.Null.NULL)),
        text(expression.members().getOrDefault("operator", Json.Null.NULL)),
        values);
  }

  private static String text(Json value) {
    return value instanceof Json.Str(String text) ? text : "";
  }

  public boolean matches(Map<String, String> labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return selectable;
  }

  /** Whether it selects whatever there is. */
  public boolean isEmpty() {
    return selectable && requirements.isEmpty();
  }

  /** Sorted by key. Empty also where {@link #NOTHING} is selected. */
  public List<Requirement> requirements() {
    return requirements;
  }

  /** This selector with more requirements. */
  public Selector and(List<Requirement> more) {
    List<Requirement> all = new ArrayList<>(requirements);
    all.addAll(more);
    return selectable ? of(all) : this;
  }

  /** The only value that a label may have, if the selector demands one. */
  public Optional<String> exactMatch(String label) {
    for (Requirement requirement : requirements) {
      if (requirement.key().equals(label)) {
        return switch (requirement.operator()) {
          case EQUALS, DOUBLE_EQUALS, IN ->
              requirement.values().size() == 1
                  ? Optional.of(requirement.values().getFirst())
                  : Optional.empty();
          default -> Optional.empty();
        };
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Selector that
        && selectable == that.selectable
        && requirements.equals(that.requirements);
  }

  @Override
  public int hashCode() {
    return requirements.hashCode();
  }

  /** The query that parses into this selector. */
  @Override
  public String toString() {
    return String.join(",", requirements.stream().map(Requirement::toString).toList());
  }
}
