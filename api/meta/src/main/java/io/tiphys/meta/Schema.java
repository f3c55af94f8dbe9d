package io.tiphys.meta;

import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a value of the API, as every generic algorithm sees it: pruning, strategic merge,
 * server-side apply, field sets. Built-in kinds carry a generated one, custom resources one made
 * from their definition.
 *
 * <p>Schemas may be recursive (JSONSchemaProps), so elements are suppliers.
 */
public sealed interface Schema {

  /** A value without inner structure. */
  enum Scalar implements Schema {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    /** Base64 in JSON, raw in protobuf. */
    BYTES,
    /** RFC 3339 with seconds. */
    TIME,
    /** RFC 3339 with microseconds. */
    MICRO_TIME,
    QUANTITY,
    INT_OR_STRING,
    /** Any JSON at all, kept as it is (RawExtension, FieldsV1). */
    ANY
  }

  /** How two writers share a structure: field by field, or all of it at once. */
  enum Ownership {
    GRANULAR,
    ATOMIC
  }

  /**
   * An object with known fields.
   *
   * @param name the kind or type name, such as {@code PodSpec}
   * @param fields by JSON name, in the order in which they are encoded
   * @param others what fields have that are not among these; null where there are no others
   */
  record Struct(
      String name,
      Map<String, Field> fields,
      Ownership ownership,
      @Nullable Supplier<Schema> others)
      implements Schema {

    /** An object without other fields. */
    public Struct(String name, Map<String, Field> fields, Ownership ownership) {
      this(name, fields, ownership, null);
    }

    /** What a field is like; null where there is no such field. */
    public @Nullable Schema member(String field) {
      Field known = fields.get(field);
      if (known != null) {
        return known.schema().get();
      }
      return others == null ? null : others.get();
    }
  }

  /**
   * One field of a struct.
   *
   * @param required the API demands it
   * @param patch how strategic merge patch treats the value
   * @param defaultValue what the field is when absent; needed where it is a key of a list, as the
   *     protocol of a port is
   */
  record Field(
      String name,
      Supplier<Schema> schema,
      boolean required,
      PatchStrategy patch,
      @Nullable Json defaultValue) {

    /** A field without default. */
    public Field(String name, Supplier<Schema> schema, boolean required, PatchStrategy patch) {
      this(name, schema, required, patch, null);
    }
  }

  /** An object with free keys. */
  record MapOf(Supplier<Schema> element, Ownership ownership) implements Schema {}

  /**
   * A list.
   *
   * @param kind how server-side apply merges it
   * @param keys for {@link ListKind#MAP}: the fields that together name an element
   * @param patchMergeKey the field by which strategic merge patch pairs elements, if it merges
   */
  record ListOf(
      Supplier<Schema> element, ListKind kind, List<String> keys, @Nullable String patchMergeKey)
      implements Schema {}

  /** The server-side apply list types. */
  enum ListKind {
    ATOMIC,
    SET,
    MAP
  }

  /**
   * Strategic merge patch directives of a field.
   *
   * @param merge lists are merged rather than replaced
   * @param retainKeys keys missing from the patch's {@code $retainKeys} are dropped
   */
  record PatchStrategy(boolean merge, boolean retainKeys) {
    public static final PatchStrategy DEFAULT = new PatchStrategy(false, false);
  }
}
