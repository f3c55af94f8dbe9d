package io.tiphys.rules.customresources;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Schema;
import io.tiphys.meta.Schema.ListKind;
import io.tiphys.meta.Schema.Ownership;
import io.tiphys.meta.Schema.PatchStrategy;
import io.tiphys.meta.Schema.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of custom objects as server-side apply walks it. Checked against
 * apiextensions-apiserver/pkg/controller/openapi/builder and kube-openapi/pkg/schemaconv.
 */
final class ApplySchemas {
  private ApplySchemas() {}

  /** The schema of whole objects. */
  static Schema.Struct object(String kind, Structural root) {
    return struct(kind, root.asResource());
  }

  private static Schema of(@Nullable Structural schema) {
    if (schema == null) {
      return Scalar.ANY;
    }
    if (schema.extensions().intOrString()) {
      return Scalar.INT_OR_STRING;
    }
    return switch (schema.type()) {
      case "object" -> schema.additional() == null ? struct("", schema) : map(schema);
      case "array" -> list(schema);
      case "string" -> Scalar.STRING;
      case "integer" -> Scalar.INTEGER;
      case "number" -> Scalar.NUMBER;
      case "boolean" -> Scalar.BOOLEAN;
      default -> Scalar.ANY;
    };
  }

  private static Schema.Struct struct(String name, Structural schema) {
    Map<String, Schema.Field> fields = new LinkedHashMap<>();
    if (schema.extensions().embedded()) {
      add(fields, "apiVersion", Scalar.STRING);
      add(fields, "kind", Scalar.STRING);
      add(fields, "metadata", ObjectMeta.schema());
    }
    schema
        .properties()
        .forEach(
            (field, property) -> {
              if (!fields.containsKey(field)) {
                Schema shape = of(property);
                fields.put(
                    field,
                    new Schema.Field(
                        field,
                        () -> shape,
                        schema.values().required().contains(field),
                        PatchStrategy.DEFAULT,
                        property.defaultValue()));
              }
            });
    boolean open = schema.extensions().preserve();
    return new Schema.Struct(name, fields, ownership(schema), open ? () -> Scalar.ANY : null);
  }

  private static void add(Map<String, Schema.Field> fields, String name, Schema shape) {
    fields.put(name, new Schema.Field(name, () -> shape, false, PatchStrategy.DEFAULT));
  }

  private static Schema map(Structural schema) {
    Schema element = of(schema.field(""));
    return new Schema.MapOf(() -> element, ownership(schema));
  }

  private static Schema list(Structural schema) {
    Schema element = of(schema.items());
    ListKind kind =
        switch (schema.extensions().listType()) {
          case "set" -> ListKind.SET;
          case "map" -> ListKind.MAP;
          default -> ListKind.ATOMIC;
        };
    return new Schema.ListOf(() -> element, kind, schema.extensions().listKeys(), null);
  }

  private static Ownership ownership(Structural schema) {
    return schema.extensions().mapType().equals("atomic") ? Ownership.ATOMIC : Ownership.GRANULAR;
  }
}
