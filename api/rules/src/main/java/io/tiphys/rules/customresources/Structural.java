package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structural schema: the shape of a value of a custom resource and what its values must be. A
 * schema under {@code allOf} and its like has values alone. Immutable.
 *
 * @param type such as {@code object}; empty where anything or a number or string may stand
 * @param properties by name, in the order of the definition
 * @param items of an array
 * @param additional fields that are not among the properties; null where they are unknown
 * @param defaultValue null where there is none
 * @param values what a value of the right type must be besides
 */
public record Structural(
    String type,
    Map<String, Structural> properties,
    @Nullable Structural items,
    @Nullable Additional additional,
    boolean nullable,
    @Nullable Json defaultValue,
    Extensions extensions,
    ValueChecks values) {

  /** Says nothing of a value. */
  static final Structural ANYTHING =
      new Structural("", Map.of(), null, null, false, null, Extensions.NONE, ValueChecks.NONE);

  /**
   * {@code additionalProperties}.
   *
   * @param allowed false where no other fields may be
   * @param schema of the other fields; null for any
   */
  public record Additional(boolean allowed, @Nullable Structural schema) {}

  /**
   * The {@code x-kubernetes} words.
   *
   * @param preserve unknown fields stay
   * @param embedded an object with apiVersion, kind and metadata
   * @param listType empty where it is not said
   * @param listKeys of a list of type map
   * @param mapType empty where it is not said
   */
  public record Extensions(
      boolean preserve,
      boolean embedded,
      boolean intOrString,
      String listType,
      List<String> listKeys,
      String mapType) {
    static final Extensions NONE = new Extensions(false, false, false, "", List.of(), "");
  }

  /** The schema of a field; null where nothing is known of it. */
  @Nullable Structural field(String name) {
    Structural property = properties.get(name);
    return property != null || additional == null ? property : additional.schema();
  }

  /** This schema for an object that has a kind and metadata. */
  Structural asResource() {
    return extensions.embedded()
        ? this
        : with(
            new Extensions(
                extensions.preserve(),
                true,
                extensions.intOrString(),
                extensions.listType(),
                extensions.listKeys(),
                extensions.mapType()));
  }

  private Structural with(Extensions other) {
    return new Structural(
        type, properties, items, additional, nullable, defaultValue, other, values);
  }
}
