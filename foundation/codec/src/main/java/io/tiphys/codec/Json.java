package io.tiphys.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An immutable JSON value. Members of an object keep their order; equality ignores it. */
public sealed interface Json {

  /** An object. */
  record Obj(Map<String, Json> members) implements Json {
    public static final Obj EMPTY = new Obj(Map.of());

    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    public @Nullable Json get(String name) {
      return members.get(name);
    }

    /** This object with one member set, at its old place or else at the end. */
    public Obj with(String name, Json value) {
      Map<String, Json> changed = new LinkedHashMap<>(members);
      changed.put(name, value);
      return new Obj(changed);
    }

    /** This object without a member. */
    public Obj without(String name) {
      if (!members.containsKey(name)) {
        return this;
      }
      Map<String, Json> changed = new LinkedHashMap<>(members);
      changed.remove(name);
      return new Obj(changed);
    }
  }

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    public static final Arr EMPTY = new Arr(List.of());

    public Arr {
      elements = List.copyOf(elements);
    }
  }

  /** A string. */
  record Str(String value) implements Json {}

  /** A number written without fraction and exponent that fits 64 bits. */
  record Int(long value) implements Json {}

  /** Any other number. */
  record Num(double value) implements Json {}

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Json {}

  /** {@code null}. */
  enum Null implements Json {
    NULL
  }
}
