package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import org.jspecify.annotations.Nullable;

/** An object together with the schema of the version it is in. */
public record Typed(Json.Obj value, Schema schema) {

  /** Other versions of an object, for managers that wrote in them. */
  @FunctionalInterface
  public interface Versions {
    /** For kinds with one version. */
    Versions NONE = (_, _) -> null;

    /** The object in another version; null if that version is served no more. */
    @Nullable Typed convert(Typed object, String apiVersion);
  }

  FieldSet fields() {
    return FieldSets.of(value, schema);
  }

  Typed without(FieldSet fields) {
    return fields.isEmpty()
        ? this
        : new Typed(
            TypedMerge.remove(value, fields, schema) instanceof Json.Obj rest
                ? rest
                : Json.Obj.EMPTY,
            schema);
  }
}
