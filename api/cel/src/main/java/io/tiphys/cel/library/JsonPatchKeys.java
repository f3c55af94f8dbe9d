package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.StringValue;

/** Names as parts of a JSON pointer (apiserver/pkg/cel/library/jsonpatch.go). */
public final class JsonPatchKeys {
  private JsonPatchKeys() {}

  public static Library library() {
    return Library.of(
        Function.of(
            "jsonpatch.escapeKey",
            Overload.unary(
                "string_jsonpatch_escapeKey_string",
                CelType.STRING,
                CelType.STRING,
                value ->
                    value instanceof StringValue(String key)
                        ? new StringValue(key.replace("~", "~0").replace("/", "~1"))
                        : ErrorValue.noSuchOverload(value))));
  }
}
