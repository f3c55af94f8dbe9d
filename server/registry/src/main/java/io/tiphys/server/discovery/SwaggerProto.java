package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import io.tiphys.codec.ProtoWriter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI v2 document in the protobuf form that kubectl asks for. Field numbers are those of the
 * public OpenAPIv2.proto (package openapi.v2); only what our documents contain is written.
 */
final class SwaggerProto {
  private final ProtoWriter out = new ProtoWriter();

  private SwaggerProto() {}

  static byte[] encode(Json.Obj document) {
    SwaggerProto proto = new SwaggerProto();
    proto.string(1, document.get("swagger"));
    proto.object(2, document.get("info"), proto::info);
    proto.object(8, document.get("paths"), paths -> proto.named(2, paths, proto::pathItem));
    proto.object(9, document.get("definitions"), schemas -> proto.named(1, schemas, proto::schema));
    proto.object(
        10, document.get("parameters"), shared -> proto.named(1, shared, proto::parameter));
    for (Json requirement : elements(document.get("security"))) {
      proto.object(12, requirement, schemes -> proto.named(1, schemes, _ -> {}));
    }
    proto.object(
        13, document.get("securityDefinitions"), all -> proto.named(1, all, proto::keySecurity));
    return proto.out.toByteArray();
  }

  private void info(Json.Obj info) {
    string(1, info.get("title"));
    string(2, info.get("version"));
  }

  private void keySecurity(Json.Obj scheme) {
    object(
        2,
        scheme,
        key -> {
          string(1, key.get("type"));
          string(2, key.get("name"));
          string(3, key.get("in"));
          string(4, key.get("description"));
        });
  }

  private void pathItem(Json.Obj item) {
    object(2, item.get("get"), this::operation);
    object(3, item.get("put"), this::operation);
    object(4, item.get("post"), this::operation);
    object(5, item.get("delete"), this::operation);
    object(8, item.get("patch"), this::operation);
    parameters(9, item.get("parameters"));
  }

  private void operation(Json.Obj operation) {
    strings(1, operation.get("tags"));
    string(3, operation.get("description"));
    string(5, operation.get("operationId"));
    strings(6, operation.get("produces"));
    strings(7, operation.get("consumes"));
    parameters(8, operation.get("parameters"));
    object(9, operation.get("responses"), codes -> named(1, codes, this::response));
    strings(10, operation.get("schemes"));
    extensions(13, operation);
  }

  private void parameters(int field, @Nullable Json parameters) {
    for (Json parameter : elements(parameters)) {
      object(
          field,
          parameter,
          item -> {
            if (item.get("$ref") == null) {
              object(1, item, this::parameter);
            } else {
              object(2, item, reference -> string(1, reference.get("$ref")));
            }
          });
    }
  }

  private void parameter(Json.Obj parameter) {
    switch (parameter.get("in")) {
      case Json.Str(String in) when in.equals("body") -> object(1, parameter, this::body);
      case Json.Str(String in) when in.equals("path") ->
          object(2, parameter, p -> object(4, p, path -> simple(path, 5, 19)));
      case null, default -> object(2, parameter, p -> object(3, p, query -> simple(query, 6, 20)));
    }
  }

  private void body(Json.Obj body) {
    string(2, body.get("name"));
    string(3, body.get("in"));
    truth(4, body.get("required"));
    object(5, body.get("schema"), this::schema);
  }

  /** A parameter of the path or query; they differ in the numbers of some fields. */
  private void simple(Json.Obj parameter, int type, int uniqueItems) {
    truth(1, parameter.get("required"));
    string(2, parameter.get("in"));
    string(3, parameter.get("description"));
    string(4, parameter.get("name"));
    string(type, parameter.get("type"));
    truth(uniqueItems, parameter.get("uniqueItems"));
  }

  private void response(Json.Obj response) {
    object(
        1,
        response,
        r -> {
          string(1, r.get("description"));
          object(2, r.get("schema"), item -> object(1, item, this::schema));
        });
  }

  private void schema(Json.Obj schema) {
    string(1, schema.get("$ref"));
    string(2, schema.get("format"));
    string(4, schema.get("description"));
    strings(19, schema.get("required"));
    for (Json value : elements(schema.get("enum"))) {
      any(20, value);
    }
    object(21, schema.get("additionalProperties"), s -> object(1, s, this::schema));
    if (schema.get("type") instanceof Json.Str(String type)) {
      int mark = out.beginMessage(22);
      out.writeString(1, type);
      out.endMessage(mark);
    }
    object(23, schema.get("items"), s -> object(1, s, this::schema));
    object(25, schema.get("properties"), properties -> named(1, properties, this::schema));
    extensions(31, schema);
  }

  private void extensions(int field, Json.Obj object) {
    object
        .members()
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-")) {
                int mark = out.beginMessage(field);
                out.writeString(1, name);
                any(2, value);
                out.endMessage(mark);
              }
            });
  }

  /** A value as YAML, of which JSON is a part. */
  private void any(int field, Json value) {
    int mark = out.beginMessage(field);
    out.writeString(2, value.text() + "\n");
    out.endMessage(mark);
  }

  /** One Named... message per member: its name, then its value. */
  private void named(int field, Json.Obj members, Consumer<Json.Obj> fields) {
    members
        .members()
        .forEach(
            (name, value) -> {
              int mark = out.beginMessage(field);
              out.writeString(1, name);
              object(2, value, fields);
              out.endMessage(mark);
            });
  }

  private void object(int field, @Nullable Json value, Consumer<Json.Obj> fields) {
    if (value instanceof Json.Obj object) {
      int mark = out.beginMessage(field);
      fields.accept(object);
      out.endMessage(mark);
    }
  }

  private void string(int field, @Nullable Json value) {
    if (value instanceof Json.Str(String text)) {
      out.writeString(field, text);
    }
  }

  private void strings(int field, @Nullable Json values) {
    elements(values).forEach(value -> string(field, value));
  }

  private void truth(int field, @Nullable Json value) {
    if (value instanceof Json.Bool(boolean truth) && truth) {
      out.writeBool(field, true);
    }
  }

  private static List<Json> elements(@Nullable Json value) {
    return value instanceof Json.Arr(List<Json> elements) ? elements : List.of();
  }
}
