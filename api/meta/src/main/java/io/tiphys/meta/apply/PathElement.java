package io.tiphys.meta.apply;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.meta.GoText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One step from a value to a value inside it.
 *
 * <p>Checked against structured-merge-diff/fieldpath/element.go and serialize-pe.go.
 */
public abstract sealed class PathElement implements Comparable<PathElement> {

  /** The element as a key of FieldsV1, written once. */
  private @Nullable String text;

  private PathElement() {}

  /** Field of an object. */
  static final class Field extends PathElement {
    private final String name;

    private Field(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    @Override
    String write() {
      return "f:" + name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || (other instanceof Field that && name.equals(that.name));
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }

    @Override
    public String toString() {
      return "." + name;
    }
  }

  /** Element of a list, named by some of its fields, sorted by name. */
  static final class Key extends PathElement {
    private final List<Map.Entry<String, Json>> fields;

    private Key(List<Map.Entry<String, Json>> fields) {
      this.fields = fields;
    }

    @Override
    String write() {
      JsonWriter out = new JsonWriter(64);
      out.beginObject();
      for (var field : fields) {
        out.name(field.getKey());
        out.writeTree(field.getValue());
      }
      out.endObject();
      return "k:" + new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || (other instanceof Key that && fields.equals(that.fields));
    }

    @Override
    public int hashCode() {
      return fields.hashCode();
    }

    @Override
    public String toString() {
      return "["
          + String.join(
              ",",
              fields.stream().map(field -> field.getKey() + "=" + shown(field.getValue())).toList())
          + "]";
    }
  }

  /** Element of a set, named by itself. */
  static final class Value extends PathElement {
    private final Json value;

    private Value(Json value) {
      this.value = value;
    }

    @Override
    String write() {
      return "v:" + json(value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || (other instanceof Value that && value.equals(that.value));
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }

    @Override
    public String toString() {
      return "[=" + shown(value) + "]";
    }
  }

  /** Element of a list, named by its place. */
  static final class Index extends PathElement {
    private final int index;

    private Index(int index) {
      this.index = index;
    }

    @Override
    String write() {
      return "i:" + index;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Index that && index == that.index;
    }

    @Override
    public int hashCode() {
      return index;
    }

    @Override
    public String toString() {
      return "[" + index + "]";
    }
  }

  /** Step into a field of an object. */
  public static PathElement field(String name) {
    return new Field(name);
  }

  /** Step into the element of a list that has these fields. */
  public static PathElement key(Map<String, Json> fields) {
    if (fields.size() == 1) {
      var only = fields.entrySet().iterator().next();
      return new Key(List.of(Map.entry(only.getKey(), normal(only.getValue()))));
    }
    TreeMap<String, Json> sorted = new TreeMap<>(fields);
    return new Key(
        sorted.entrySet().stream().map(e -> Map.entry(e.getKey(), normal(e.getValue()))).toList());
  }

  /** Step into the element of a set that equals this value. */
  public static PathElement value(Json value) {
    return new Value(normal(value));
  }

  /** Step into an element of a list by its place. */
  public static PathElement index(int index) {
    return new Index(index);
  }

  /** Whole numbers have one form, so that equality needs no arithmetic. */
  private static Json normal(Json value) {
    return value instanceof Json.Num(double number)
            && number == Math.rint(number)
            && Math.abs(number) < 0x1p53
        ? new Json.Int((long) number)
        : value;
  }

  /** The element as a key of FieldsV1, such as {@code f:spec} or {@code k:{"name":"a"}}. */
  final String text() {
    String known = text;
    if (known == null) {
      known = write();
      text = known; // every thread writes the same
    }
    return known;
  }

  abstract String write();

  /**
   * Reads a key of FieldsV1; null if it is of a kind that a later version may know.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static @Nullable PathElement parse(String text) {
    if (text.length() < 2) {
      throw new IllegalArgumentException("key must be 2 characters long:");
    }
    if (text.charAt(1) != ':') {
      throw new IllegalArgumentException("missing colon: " + text);
    }
    return switch (text.charAt(0)) {
      case 'f' -> field(text.substring(2));
      case 'v' -> value(json(text.substring(2)));
      case 'k' -> {
        if (json(text.substring(2)) instanceof Json.Obj(var members)) {
          yield key(members);
        }
        throw new IllegalArgumentException("not an object: " + text);
      }
      case 'i' -> index(Integer.parseInt(text, 2, text.length(), 10));
      default -> null;
    };
  }

  private static Json json(String text) {
    try {
      return Json.parse(text);
    } catch (CodecException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static String json(Json value) {
    JsonWriter out = new JsonWriter(32);
    out.writeTree(value);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String shown(Json value) {
    return value instanceof Json.Str(String text) ? GoText.quote(text) : json(value);
  }

  @Override
  public final int compareTo(PathElement other) {
    return switch (this) {
      case Field field when other instanceof Field that -> field.name.compareTo(that.name);
      case Key key when other instanceof Key that -> compareKeys(key.fields, that.fields);
      case Value value when other instanceof Value that ->
          JsonOrder.compare(value.value, that.value);
      case Index index when other instanceof Index that -> Integer.compare(index.index, that.index);
      default -> Integer.compare(rank(), other.rank());
    };
  }

  private int rank() {
    return switch (this) {
      case Field _ -> 0;
      case Key _ -> 1;
      case Value _ -> 2;
      case Index _ -> 3;
    };
  }

  private static int compareKeys(
      List<Map.Entry<String, Json>> left, List<Map.Entry<String, Json>> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = left.get(i).getKey().compareTo(right.get(i).getKey());
      if (order == 0) {
        order = JsonOrder.compare(left.get(i).getValue(), right.get(i).getValue());
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  @Override
  public abstract boolean equals(@Nullable Object other);

  @Override
  public abstract int hashCode();
}
