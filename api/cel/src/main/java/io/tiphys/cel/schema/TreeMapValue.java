package io.tiphys.cel.schema;

import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of a tree: with fields, whose names are escaped, or a map. */
record TreeMapValue(Json.Obj tree, ValueSchema schema) implements MapValue {
  private boolean hasFields() {
    return schema.properties() != null;
  }

  private Value key(String name) {
    return new StringValue(hasFields() ? FieldNames.escape(name).orElse(name) : name);
  }

  @Override
  public int size() {
    return tree.members().size();
  }

  @Override
  public @Nullable Value find(Value key) {
    if (!(key instanceof StringValue(String text))) {
      return ErrorValue.noSuchOverload(key);
    }
    String name = hasFields() ? FieldNames.unescape(text).orElse(null) : text;
    Json member = name == null ? null : tree.get(name);
    ValueSchema field = name == null ? null : schema.field(name);
    if (member == null || field == null || (hasFields() && member == Json.Null.NULL)) {
      return null;
    }
    return TreeValues.of(member, field);
  }

  @Override
  public List<Value> keys() {
    List<Value> keys = new ArrayList<>();
    for (String name : tree.members().keySet()) {
      if (schema.field(name) != null) {
        keys.add(key(name));
      }
    }
    return keys;
  }

  @Override
  public boolean same(Value other) {
    if (!(other instanceof MapValue that) || size() != that.size()) {
      return false;
    }
    for (Map.Entry<String, Json> member : tree.members().entrySet()) {
      if (schema.field(member.getKey()) == null) {
        Json others = other instanceof TreeMapValue map ? map.tree.get(member.getKey()) : null;
        if (others != null && !others.equals(member.getValue())) {
          return false;
        }
        continue;
      }
      Value key = key(member.getKey());
      Value mine = find(key);
      Value theirs = that.find(key);
      if (mine == null ? theirs != null : theirs == null || !mine.same(theirs)) {
        return false;
      }
    }
    return true;
  }
}
