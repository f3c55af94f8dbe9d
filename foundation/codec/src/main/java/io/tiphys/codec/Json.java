package io.tiphys.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An immutable JSON value. Members of an object keep their order; equality ignores it. */
public sealed interface Json {

  /**
   * The tree of a whole text.
   *
   * @throws CodecException in the words of Go's encoding/json
   */
  static Json parse(byte[] text) {
    return JsonReader.of(text).readTree();
  }

  /** Like {@link #parse(byte[])}. */
  static Json parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  static Str of(String value) {
    return new Str(value);
  }

  static Int of(long value) {
    return new Int(value);
  }

  static Bool of(boolean value) {
    return Bool.of(value);
  }

  /** This value as compact text, escaped as {@link JsonWriter} does. */
  default byte[] toBytes() {
    JsonWriter out = new JsonWriter();
    out.writeTree(this);
    return out.toByteArray();
  }

  /** This value as compact text. */
  default String text() {
    return new String(toBytes(), StandardCharsets.UTF_8);
  }

  /** An object. */
  record Obj(Map<String, Json> members) implements Json {
    public static final Obj EMPTY = new Obj(Map.of());

    public Obj {
      members = Members.copyOf(members);
    }

    /** An object that grows member by member. */
    public static Builder builder() {
      return new Builder();
    }

    /** An object of one member. */
    public static Obj of(String name, Json value) {
      return builder().put(name, value).build();
    }

    public @Nullable Json get(String name) {
      return members.get(name);
    }

    /** This object with one member set, at its old place or else at the end. */
    public Obj with(String name, Json value) {
      return new Builder().putAll(this).put(name, value).build();
    }

    /** This object without a member. */
    public Obj without(String name) {
      if (!members.containsKey(name)) {
        return this;
      }
      Builder rest = new Builder();
      members.forEach(
          (key, value) -> {
            if (!key.equals(name)) {
              rest.put(key, value);
            }
          });
      return rest.build();
    }

    /** Collects members; a name that comes again replaces the value at its old place. */
    public static final class Builder {
      private String[] names = new String[8];
      private Json[] values = new Json[8];
      private int size;

      private Builder() {}

      public Builder put(String name, Json value) {
        if (size == names.length) {
          names = Arrays.copyOf(names, 2 * size);
          values = Arrays.copyOf(values, 2 * size);
        }
        names[size] = name;
        values[size++] = value;
        return this;
      }

      public Builder put(String name, String value) {
        return put(name, new Str(value));
      }

      public Builder put(String name, long value) {
        return put(name, new Int(value));
      }

      public Builder put(String name, boolean value) {
        return put(name, Bool.of(value));
      }

      public Builder putAll(Obj other) {
        other.members.forEach(this::put);
        return this;
      }

      public Obj build() {
        return size == 0 ? EMPTY : new Obj(Members.of(names, values, size));
      }
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
  record Bool(boolean value) implements Json {
    public static final Bool TRUE = new Bool(true);
    public static final Bool FALSE = new Bool(false);

    public static Bool of(boolean value) {
      return value ? TRUE : FALSE;
    }
  }

  /** {@code null}. */
  enum Null implements Json {
    NULL
  }
}
