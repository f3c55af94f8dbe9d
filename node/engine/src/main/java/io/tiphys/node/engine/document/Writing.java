package io.tiphys.node.engine.document;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** An object being written, member by member; empty lists and maps are left out. */
public final class Writing {
  private final Map<String, Json> members = new LinkedHashMap<>();

  private Writing() {}

  public static Writing object() {
    return new Writing();
  }

  public Writing put(String name, Json value) {
    members.put(name, value);
    return this;
  }

  public Writing put(String name, String value) {
    return put(name, new Json.Str(value));
  }

  public Writing put(String name, long value) {
    return put(name, new Json.Int(value));
  }

  public Writing put(String name, boolean value) {
    return put(name, new Json.Bool(value));
  }

  public Writing put(String name, Writing value) {
    return put(name, value.json());
  }

  /** Leaves the member out when it is empty. */
  public Writing putUnlessEmpty(String name, String value) {
    return value.isEmpty() ? this : put(name, value);
  }

  /** Leaves the member out when it is zero. */
  public Writing putUnlessZero(String name, long value) {
    return value == 0 ? this : put(name, value);
  }

  /** Leaves the member out when it has no members itself. */
  public Writing putUnlessEmpty(String name, Writing value) {
    return value.members.isEmpty() ? this : put(name, value);
  }

  public Writing texts(String name, List<String> values) {
    return list(name, values, Json.Str::new);
  }

  public <T> Writing list(String name, List<T> values, Function<T, Json> each) {
    return values.isEmpty() ? this : put(name, new Json.Arr(values.stream().map(each).toList()));
  }

  public Writing texts(String name, Map<String, String> values) {
    if (values.isEmpty()) {
      return this;
    }
    Writing map = object();
    values.forEach(map::put);
    return put(name, map);
  }

  /** This object as JSON text. */
  public byte[] bytes() {
    JsonWriter writer = new JsonWriter();
    writer.writeTree(json());
    return writer.toByteArray();
  }

  public Json.Obj json() {
    return new Json.Obj(members);
  }
}
