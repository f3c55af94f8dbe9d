package io.tiphys.server.catalog;

import io.tiphys.codec.Json;
import io.tiphys.codec.ProtoWriter;
import java.util.List;
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
    return proto.out.toByteArray();
  }

  /** Writes the fields of a message from an object. */
  private interface Fields {
    void write(Json.Obj value);
  }

  private void info(Json.Obj info) {
    string(1, info.get("title"));
    string(2, info.get("version"));
  }

  private void pathItem(Json.Obj item) {
    object(2, item.get("get"), this::operation);
    object(3, item.get("put"), this::operation);
    object(4, item.get("post"), this::operation);
    object(5, item.get("delete"), this::operation);
    object(8, item.get("patch"), this::operation);
  }

  private void operation(Json.Obj operation) {
    string(5, operation.get("operationId"));
    for (Json parameter : elements(operation.get("parameters"))) {
      object(8, parameter, item -> object(1, item, p -> object(2, p, this::queryParameter)));
    }
    object(9, operation.get("responses"), codes -> named(1, codes, this::response));
    extensions(13, operation);
  }

  private void queryParameter(Json.Obj parameter) {
    object(
        3,
        parameter,
        query -> {
          string(2, query.get("in"));
          string(4, query.get("name"));
          string(6, query.get("type"));
        });
  }

  private void response(Json.Obj response) {
    object(1, response, r -> string(1, r.get("description")));
  }

  private void schema(Json.Obj schema) {
    string(1, schema.get("$ref"));
    string(2, schema.get("format"));
    string(4, schema.get("description"));
    for (Json name : elements(schema.get("required"))) {
      string(19, name);
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
                int any = out.beginMessage(2);
                out.writeString(2, value.text() + "\n");
                out.endMessage(any);
                out.endMessage(mark);
              }
            });
  }

  /** One Named... message per member: its name, then its value. */
  private void named(int field, Json.Obj members, Fields fields) {
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

  private void object(int field, @Nullable Json value, Fields fields) {
    if (value instanceof Json.Obj object) {
      int mark = out.beginMessage(field);
      fields.write(object);
      out.endMessage(mark);
    }
  }

  private void string(int field, @Nullable Json value) {
    if (value instanceof Json.Str(String text)) {
      out.writeString(field, text);
    }
  }

  private static List<Json> elements(@Nullable Json value) {
    return value instanceof Json.Arr(List<Json> elements) ? elements : List.of();
  }
}
