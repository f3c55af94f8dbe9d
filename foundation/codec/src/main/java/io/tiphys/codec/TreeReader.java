package io.tiphys.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields from a {@link Json} tree, with the results and messages of {@link JsonReader} or,
 * where Go goes from a map to an object without JSON between, of its converter:
 * apimachinery/pkg/runtime/converter.go, which takes {@code 2.0} for a whole number.
 */
public final class TreeReader implements FieldReader {
  /** Maps that Go gives a name. */
  private static final Set<String> MAPS = Set.of("v1.ResourceList");

  /** Below this, numbers with a fraction in the text are told apart from large whole ones. */
  private static final double MAX_EXACT = 0x1p53;

  private final ReadPath path;
  private final Deque<Iterator<?>> open = new ArrayDeque<>();
  private final boolean converting;
  private Json current;

  private TreeReader(Json tree, boolean strict, boolean converting) {
    current = tree;
    path = new ReadPath(strict);
    this.converting = converting;
  }

  public static TreeReader of(Json tree) {
    return new TreeReader(tree, false, false);
  }

  /** Like {@link #of}, and remembers unknown fields as {@link #strictErrors}. */
  public static TreeReader strict(Json tree) {
    return new TreeReader(tree, true, false);
  }

  /** Like {@link #strict}, but as Go's converter from maps does it. */
  public static TreeReader converting(Json tree) {
    return new TreeReader(tree, true, true);
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
  public String readString(String goType) {
    return switch (current) {
      case Json.Str text -> text.value();
      case Json.Null _ -> "";
      default -> throw mismatchOfText(goType);
    };
  }

  private CodecException mismatchOfText(String goType) {
    if (!converting) {
      return mismatch(goType);
    }
    // Go converts an integer to text, though not this one; of anything else it says the kind.
    return current instanceof Json.Int
        ? new CodecException("cannot convert int64 to " + goType)
        : unconvertible("string");
  }

  @Override
  public int readInt() {
    long value = integer("int32");
    if (converting) {
      return (int) value; // as Go converts one width to another
    }
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
      case Json.Num number when converting -> converted(number.value(), goType);
      case Json.Num number -> throw path.mismatch("number " + written(number), goType);
      default -> throw mismatch(goType);
    };
  }

  private static long converted(double number, String goType) {
    if (number != Math.rint(number)) {
      throw new CodecException("cannot convert float64 to " + goType);
    }
    return (long) number;
  }

  /** What is no {@link Json.Int} though it is whole was written with a fraction. */
  private static String written(Json.Num number) {
    String text = number.text();
    return text.matches("-?[0-9]+") && Math.abs(number.value()) < MAX_EXACT ? text + ".0" : text;
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
    if (converting && !(current instanceof Json.Str || current == Json.Null.NULL)) {
      throw new CodecException(
          "json: cannot unmarshal " + jsonKind() + " into Go value of type string");
    }
    String text = readString();
    return text.isEmpty() ? null : Rfc3339.parse(text);
  }

  @Override
  public Json readTree() {
    return converting ? rewritten(current) : current;
  }

  /** As Go writes it again: whole numbers without a fraction. */
  private static Json rewritten(Json value) {
    return switch (value) {
      case Json.Num(double number)
          when number == Math.rint(number) && Math.abs(number) < MAX_EXACT ->
          new Json.Int((long) number);
      case Json.Obj(var members) -> {
        Json.Obj.Builder object = Json.Obj.builder();
        members.forEach((name, member) -> object.put(name, rewritten(member)));
        yield object.build();
      }
      case Json.Arr(var elements) ->
          new Json.Arr(elements.stream().map(TreeReader::rewritten).toList());
      default -> value;
    };
  }

  @Override
  public void skipUnknown() {
    path.unknown();
  }

  @Override
  public void remarkUnknown(String unknown) {
    path.unknown(unknown);
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
    return converting ? unconvertible(goType) : path.mismatch(jsonKind(), goType);
  }

  private String jsonKind() {
    return switch (current) {
      case Json.Obj _ -> "object";
      case Json.Arr _ -> "array";
      case Json.Str _ -> "string";
      case Json.Bool _ -> "bool";
      case Json.Int _, Json.Num _ -> "number";
      case Json.Null _ -> "null";
    };
  }

  private CodecException unconvertible(String goType) {
    String found =
        switch (current) {
          case Json.Obj _ -> "map";
          case Json.Arr _ -> "slice";
          case Json.Str _ -> "string";
          case Json.Bool _ -> "bool";
          case Json.Int _ -> "int64";
          case Json.Num _ -> "float64";
          case Json.Null _ -> "nil";
        };
    boolean map = goType.startsWith("map[") || MAPS.contains(goType);
    String problem =
        switch (goType) {
          case "string", "int32", "int64", "float64", "bool" -> "unrecognized type: " + goType;
          default -> {
            if (goType.startsWith("[]")) {
              yield "cannot restore slice from " + found;
            }
            yield map ? "cannot restore map from " + found : "cannot restore struct from: " + found;
          }
        };
    return new CodecException(problem);
  }
}
