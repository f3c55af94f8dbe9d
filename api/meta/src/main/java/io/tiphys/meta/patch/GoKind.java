package io.tiphys.meta.patch;

import io.tiphys.codec.Json;

/** What Go calls the type of a decoded value. */
final class GoKind {
  private GoKind() {}

  /** As encoding/json says it. */
  static String jsonKind(Json value) {
    return switch (value) {
      case Json.Obj _ -> "object";
      case Json.Arr _ -> "array";
      case Json.Str _ -> "string";
      case Json.Int _, Json.Num _ -> "number";
      case Json.Bool _ -> "bool";
      case Json.Null _ -> "null";
    };
  }

  /** As reflect says it. */
  static String goType(Json value) {
    return switch (value) {
      case Json.Obj _ -> "map[string]interface {}";
      case Json.Arr _ -> "[]interface {}";
      case Json.Str _ -> "string";
      case Json.Int _ -> "int64";
      case Json.Num _ -> "float64";
      case Json.Bool _ -> "bool";
      case Json.Null _ -> "%!s(<nil>)";
    };
  }
}
