package io.tiphys.api;

import io.tiphys.api.apiextensions.v1.JSONSchemaProps;
import io.tiphys.codec.Json;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.codec.TreeReader;
import io.tiphys.codec.TreeWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of JSONSchemaProps that have several forms in JSON: a schema or else an array, a truth
 * value or a list of names. Checked against apiextensions/v1/types_jsonschema.go and marshal.go.
 */
final class SchemaUnions {
  private static final int MESSAGE = ProtoReader.LENGTH_DELIMITED;

  private SchemaUnions() {}

  static @Nullable Json readOrArray(ProtoReader in) {
    Json schema = null;
    List<Json> schemas = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | MESSAGE -> schema = readSchema(in);
        case 2 << 3 | MESSAGE -> schemas.add(readSchema(in));
        default -> in.skip(tag);
      }
    }
    return schemas.isEmpty() ? schema : new Json.Arr(schemas);
  }

  static void writeOrArray(ProtoWriter out, int number, Json value) {
    int mark = out.beginMessage(number);
    if (value instanceof Json.Arr(List<Json> schemas)) {
      schemas.forEach(schema -> writeSchema(out, 2, schema));
    } else {
      writeSchema(out, 1, value);
    }
    out.endMessage(mark);
  }

  static Json readOrBool(ProtoReader in) {
    Json schema = null;
    boolean allows = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> allows = in.readBool();
        case 2 << 3 | MESSAGE -> schema = readSchema(in);
        default -> in.skip(tag);
      }
    }
    return schema == null ? new Json.Bool(allows) : schema;
  }

  static void writeOrBool(ProtoWriter out, int number, Json value) {
    int mark = out.beginMessage(number);
    if (value instanceof Json.Bool(boolean allows)) {
      out.writeBool(1, allows);
    } else {
      out.writeBool(1, true);
      writeSchema(out, 2, value);
    }
    out.endMessage(mark);
  }

  static Json readOrStrings(ProtoReader in) {
    Json schema = null;
    List<Json> names = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | MESSAGE -> schema = readSchema(in);
        case 2 << 3 | MESSAGE -> names.add(new Json.Str(in.readString()));
        default -> in.skip(tag);
      }
    }
    return schema == null ? new Json.Arr(names) : schema;
  }

  static void writeOrStrings(ProtoWriter out, int number, Json value) {
    int mark = out.beginMessage(number);
    if (value instanceof Json.Arr(List<Json> names)) {
      for (Json name : names) {
        if (name instanceof Json.Str(String text)) {
          out.writeString(2, text);
        }
      }
    } else {
      writeSchema(out, 1, value);
    }
    out.endMessage(mark);
  }

  private static Json readSchema(ProtoReader in) {
    TreeWriter tree = new TreeWriter();
    JSONSchemaProps.readProto(in.readMessage()).write(tree);
    return tree.tree();
  }

  private static void writeSchema(ProtoWriter out, int number, Json schema) {
    int mark = out.beginMessage(number);
    JSONSchemaProps.read(TreeReader.of(schema)).writeProto(out);
    out.endMessage(mark);
  }
}
