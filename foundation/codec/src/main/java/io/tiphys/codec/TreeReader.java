package io.tiphys.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads fields from a {@link Json} tree, with the results and messages of {@link JsonReader}. */
public final class TreeReader implements FieldReader {
  private final ReadPath path;
  private final Deque<Iterator<?>> open = new ArrayDeque<>();
  private Json current;

  private TreeReader(Json tree, boolean strict) {
    current = tree;
    path = new ReadPath(strict);
  }

  public static TreeReader of(Json tree) {
    return new TreeReader(tree, false);
  }

  /** Like {@link #of}, and remembers unknown fields as {@link #strictErrors}. */
  public static TreeReader strict(Json tree) {
    return new TreeReader(tree, true);
  }

  /** What a strict reader has to remark, in order. */
  public List<String> strictErrors() {
    return path.remarks();
  }

  @Override
  public void beginObject(String goType) {
    Iterator<?> members =
        switch (current) {
          case Json.Obj object -> object.members().entrySet().iterator();
          case Json.Null _ -> Map.of().entrySet().iterator();
          default -> throw mismatch(goType);
        };
    checkDepth('{');
    open.push(members);
    path.enterObject(goType);
  }

  @Override
  public @Nullable String nextField() {
    Iterator<?> members = open.element();
    while (members.hasNext()) {
      if (members.next() instanceof Map.Entry<?, ?> member
          && member.getKey() instanceof String name
          && member.getValue() instanceof Json value
          && (value != Json.Null.NULL || !path.inStruct())) {
        path.field(name);
        current = value;
        return name;
      }
    }
    leave();
    return null;
  }

  @Override
  public void beginArray(String goType) {
    Iterator<?> elements =
        switch (current) {
          case Json.Arr array -> array.elements().iterator();
          case Json.Null _ -> List.of().iterator();
          default -> throw mismatch(goType);
        };
    checkDepth('[');
    open.push(elements);
    path.enterArray(goType);
  }

  @Override
  public boolean nextElement() {
    Iterator<?> elements = open.element();
    if (elements.hasNext() && elements.next() instanceof Json element) {
      path.element();
      current = element;
      return true;
    }
    leave();
    return false;
  }

  @Override
  public String readString() {
    return switch (current) {
      case Json.Str text -> text.value();
      case Json.Null _ -> "";
      default -> throw mismatch("string");
    };
  }

  @Override
  public int readInt() {
    long value = integer("int32");
    if (value != (int) value) {
      throw path.mismatch("number " + value, "int32");
    }
    return (int) value;
  }

  @Override
  public long readLong() {
    return integer("int64");
  }

  private long integer(String goType) {
    return switch (current) {
      case Json.Int number -> number.value();
      case Json.Null _ -> 0;
      case Json.Num number -> throw path.mismatch("number " + number.text(), goType);
      default -> throw mismatch(goType);
    };
  }

  @Override
  public double readDouble() {
    return switch (current) {
      case Json.Num number -> number.value();
      case Json.Int number -> (double) number.value();
      case Json.Null _ -> 0;
      default -> throw mismatch("float64");
    };
  }

  @Override
  public boolean readBoolean() {
    return switch (current) {
      case Json.Bool flag -> flag.value();
      case Json.Null _ -> false;
      default -> throw mismatch("bool");
    };
  }

  @Override
  public Bytes readBytes() {
    return switch (current) {
      case Json.Str text -> GoText.decodeBase64(text.value().getBytes(StandardCharsets.UTF_8));
      case Json.Null _ -> Bytes.EMPTY;
      default -> throw mismatch("[]uint8");
    };
  }

  @Override
  public @Nullable Instant readInstant() {
    String text = readString();
    return text.isEmpty() ? null : Rfc3339.parse(text);
  }

  @Override
  public Json readTree() {
    return current;
  }

  @Override
  public void skipUnknown() {
    path.unknown();
  }

  @Override
  public void skip() {}

  private void leave() {
    open.pop();
    path.leave();
  }

  private void checkDepth(char bracket) {
    if (path.depth() == ReadPath.MAX_DEPTH) {
      throw new CodecException(
          "invalid character " + GoText.quoteByte(bracket) + " exceeded max depth");
    }
  }

  private CodecException mismatch(String goType) {
    String found =
        switch (current) {
          case Json.Obj _ -> "object";
          case Json.Arr _ -> "array";
          case Json.Str _ -> "string";
          case Json.Bool _ -> "bool";
          case Json.Int _, Json.Num _ -> "number";
          case Json.Null _ -> "null";
        };
    return path.mismatch(found, goType);
  }
}
