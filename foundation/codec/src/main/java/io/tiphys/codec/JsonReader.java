package io.tiphys.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields from JSON text, in one pass. Reading the outermost value to its end also checks that
 * nothing follows it.
 *
 * <p>A syntax error is reported before any mismatch of types, wherever it stands, as by Go, which
 * looks through the text twice; here the second look is taken when something is wrong.
 */
public final class JsonReader extends JsonScanner implements FieldReader {
  private final ReadPath path;

  /** Just inside an object or array: no comma is due. */
  private boolean first;

  /** Just inside a null that is read as an empty object or array. */
  private boolean nothing;

  private JsonReader(byte[] text, boolean strict) {
    super(text);
    path = new ReadPath(strict);
  }

  /** Reads UTF-8 {@code text}, which must not change meanwhile. */
  public static JsonReader of(byte[] text) {
    return new JsonReader(text, false);
  }

  /** Like {@link #of}, and remembers unknown and duplicate fields as {@link #strictErrors}. */
  public static JsonReader strict(byte[] text) {
    return new JsonReader(text, true);
  }

  /**
   * What a strict reader has to remark, in order: {@code unknown field "spec.foo"}, {@code
   * duplicate field "spec.containers[0].image"}.
   */
  public List<String> strictErrors() {
    return path.remarks();
  }

  @Override
  public void beginObject(String goType) {
    int c = value();
    if (c == '{') {
      enter();
    } else if (c == 'n') {
      literal("null");
      nothing = true;
    } else {
      throw mismatch(c, goType);
    }
    path.enterObject(goType);
    first = true;
  }

  @Override
  public @Nullable String nextField() {
    boolean skipsNull = path.inStruct();
    while (more('}', "after object key:value pair")) {
      String name = key();
      path.field(name);
      if (token() != 'n' || !skipsNull) {
        return name;
      }
      literal("null");
    }
    leave();
    return null;
  }

  @Override
  public void beginArray(String goType) {
    int c = value();
    if (c == '[') {
      enter();
    } else if (c == 'n') {
      literal("null");
      nothing = true;
    } else {
      throw mismatch(c, goType);
    }
    path.enterArray(goType);
    first = true;
  }

  @Override
  public boolean nextElement() {
    if (more(']', "after array element")) {
      path.element();
      return true;
    }
    leave();
    return false;
  }

  @Override
  public String readString(String goType) {
    int c = value();
    if (c == '"') {
      String text = string();
      scalarEnded();
      return text;
    }
    return nullOr(c, goType, "");
  }

  @Override
  public int readInt() {
    int c = value();
    if (!startsNumber(c)) {
      return nullOr(c, "int32", 0);
    }
    long value = integer("int32");
    if (value != (int) value) {
      throw mismatch("number " + value, "int32");
    }
    return (int) value;
  }

  @Override
  public long readLong() {
    int c = value();
    return startsNumber(c) ? integer("int64") : nullOr(c, "int64", 0L);
  }

  @Override
  public double readDouble() {
    int c = value();
    if (!startsNumber(c)) {
      return nullOr(c, "float64", 0.0);
    }
    int start = position;
    skipNumber();
    double value = real(start);
    scalarEnded();
    return value;
  }

  @Override
  public boolean readBoolean() {
    int c = value();
    if (c == 't' || c == 'f') {
      literal(c == 't' ? "true" : "false");
      scalarEnded();
      return c == 't';
    }
    return nullOr(c, "bool", false);
  }

  @Override
  public Bytes readBytes() {
    int c = value();
    if (c != '"') {
      return nullOr(c, "[]uint8", Bytes.EMPTY);
    }
    String text = string();
    Bytes bytes;
    try {
      bytes = GoText.decodeBase64(text.getBytes(StandardCharsets.UTF_8));
    } catch (CodecException e) {
      throw afterSyntax(e);
    }
    scalarEnded();
    return bytes;
  }

  @Override
  public @Nullable Instant readInstant() {
    String text = readString();
    try {
      return text.isEmpty() ? null : Rfc3339.parse(text);
    } catch (CodecException e) {
      throw afterSyntax(e);
    }
  }

  @Override
  public Json readTree() {
    int c = value();
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> new Json.Str(readString());
      case 't', 'f' -> Json.Bool.of(readBoolean());
      case 'n' -> nullOr(c, "", Json.Null.NULL);
      default -> number(c);
    };
  }

  @Override
  public void skipUnknown() {
    path.unknown();
    skip();
  }

  @Override
  public void remarkUnknown(String unknown) {
    path.unknown(unknown);
  }

  @Override
  public void skip() {
    path.known();
    skipValue();
    scalarEnded();
  }

  /** The first byte of the value that is read now. */
  private int value() {
    path.known();
    return token();
  }

  private void enter() {
    if (path.depth() == ReadPath.MAX_DEPTH) {
      throw invalid(position, "exceeded max depth");
    }
    position++;
  }

  private boolean more(char end, String context) {
    if (nothing) {
      nothing = false;
      return false;
    }
    int c = token();
    if (c == end) {
      position++;
      return false;
    }
    if (first) {
      first = false;
      return true;
    }
    if (c != ',') {
      throw invalid(position, context);
    }
    position++;
    return true;
  }

  private void leave() {
    path.leave();
    first = false;
    scalarEnded();
  }

  private void scalarEnded() {
    if (path.depth() == 0) {
      endOfText();
    }
  }

  private <T> T nullOr(int c, String goType, T zero) {
    if (c != 'n') {
      throw mismatch(c, goType);
    }
    literal("null");
    scalarEnded();
    return zero;
  }

  private long integer(String goType) {
    int start = position;
    boolean integer = skipNumber();
    int length = position - start;
    boolean negative = input[start] == '-';
    if (integer && length <= 18) {
      long value = 0;
      for (int i = negative ? start + 1 : start; i < position; i++) {
        value = 10 * value + (input[i] - '0');
      }
      scalarEnded();
      return negative ? -value : value;
    }
    String text = text(start);
    try {
      long value = Long.parseLong(text);
      scalarEnded();
      return value;
    } catch (NumberFormatException _) {
      throw mismatch("number " + text, goType);
    }
  }

  private Json object() {
    Json.Obj.Builder members = Json.Obj.builder();
    beginObject("map[string]interface {}");
    for (String name = nextField(); name != null; name = nextField()) {
      members.put(name, readTree());
    }
    return members.build();
  }

  private Json array() {
    List<Json> elements = new ArrayList<>();
    beginArray("[]interface {}");
    while (nextElement()) {
      elements.add(readTree());
    }
    return new Json.Arr(elements);
  }

  private Json number(int c) {
    if (!startsNumber(c)) {
      throw invalid(position, "looking for beginning of value");
    }
    int start = position;
    boolean integer = skipNumber();
    Json number;
    if (integer && position - start <= 18) {
      position = start;
      number = new Json.Int(integer("int64"));
    } else {
      number = integer ? wide(start) : new Json.Num(real(start));
    }
    scalarEnded();
    return number;
  }

  /** An integer of many digits: exact if it fits 64 bits. */
  private Json wide(int start) {
    try {
      return new Json.Int(Long.parseLong(text(start)));
    } catch (NumberFormatException _) {
      return new Json.Num(real(start));
    }
  }

  private double real(int start) {
    double value = Double.parseDouble(text(start));
    if (Double.isInfinite(value)) {
      throw mismatch("number " + text(start), "float64");
    }
    return value;
  }

  private String text(int start) {
    return new String(input, start, position - start, StandardCharsets.ISO_8859_1);
  }

  private static boolean startsNumber(int c) {
    return c == '-' || (c >= '0' && c <= '9');
  }

  private CodecException mismatch(int c, String goType) {
    String found =
        switch (c) {
          case '{' -> "object";
          case '[' -> "array";
          case '"' -> "string";
          case 't', 'f' -> "bool";
          default -> "number";
        };
    return mismatch(found, goType);
  }

  private CodecException mismatch(String found, String goType) {
    return afterSyntax(path.mismatch(found, goType));
  }

  /** {@code failure}, unless the text has a syntax error anywhere, which is thrown. */
  private CodecException afterSyntax(CodecException failure) {
    JsonReader again = new JsonReader(input, false);
    again.skip();
    return failure;
  }
}
