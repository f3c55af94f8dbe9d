package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a value must be, besides of the right type.
 *
 * @param format empty for none
 * @param pattern null for none
 * @param enumeration empty where any value may stand
 */
record ValueChecks(
    String format,
    Bounds bounds,
    Sizes sizes,
    @Nullable GoPattern pattern,
    boolean uniqueItems,
    List<String> required,
    List<Json> enumeration,
    Combinations combinations) {
  static final ValueChecks NONE =
      new ValueChecks(
          "", Bounds.NONE, Sizes.NONE, null, false, List.of(), List.of(), Combinations.NONE);

  /** Limits of numbers. */
  record Bounds(
      @Nullable Double maximum,
      boolean exclusiveMaximum,
      @Nullable Double minimum,
      boolean exclusiveMinimum,
      @Nullable Double multipleOf) {
    static final Bounds NONE = new Bounds(null, false, null, false, null);
  }

  /** Limits of what can be counted. */
  record Sizes(
      @Nullable Long maxLength,
      @Nullable Long minLength,
      @Nullable Long maxItems,
      @Nullable Long minItems,
      @Nullable Long maxProperties,
      @Nullable Long minProperties) {
    static final Sizes NONE = new Sizes(null, null, null, null, null, null);
  }

  /** Schemas of which all, some, one or none must fit. */
  record Combinations(
      List<Structural> allOf,
      List<Structural> anyOf,
      List<Structural> oneOf,
      @Nullable Structural not) {
    static final Combinations NONE = new Combinations(List.of(), List.of(), List.of(), null);

    boolean isEmpty() {
      return allOf.isEmpty() && anyOf.isEmpty() && oneOf.isEmpty() && not == null;
    }
  }
}
