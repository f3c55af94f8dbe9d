package io.tiphys.codec;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes compact JSON text, byte for byte as kube-apiserver does with Go's encoding/json: {@code
 * <}, {@code >} and {@code &} escaped, numbers in Go's form. Not thread-safe.
 */
public final class JsonWriter implements FieldWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** Whether a character stands for itself, as one byte. */
  private static final boolean[] PLAIN = new boolean[128];

  static {
    Arrays.fill(PLAIN, ' ', 128, true);
    for (char c : "\"\\<>&".toCharArray()) {
      PLAIN[c] = false;
    }
  }

  /** The names of built-in kinds and more: some 1,500 and the keys of labels. */
  private static final int KNOWN_NAMES = 8192;

  private static final int MAX_KNOWN_LENGTH = 64;

  /** Names written lately, spelled out; lost races and evictions cost time alone. */
  private static final @Nullable Name[] NAMES = new Name[KNOWN_NAMES];

  /**
   * A name.
   *
   * @param text with the comma before and the colon after it
   */
  private record Name(String name, byte[] text) {}

  private byte[] buffer;
  private int size;
  private boolean commaDue;

  public JsonWriter() {
    this(512);
  }

  /**
   * @param expectedSize in bytes; a good guess saves copies
   */
  public JsonWriter(int expectedSize) {
    buffer = new byte[Math.max(16, expectedSize)];
  }

  /** What was written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  public int size() {
    return size;
  }

  @Override
  public void beginObject() {
    begin((byte) '{');
  }

  @Override
  public void endObject() {
    end((byte) '}');
  }

  @Override
  public void beginArray() {
    begin((byte) '[');
  }

  @Override
  public void endArray() {
    end((byte) ']');
  }

  @Override
  public void name(String name) {
    int slot = name.hashCode();
    slot = (slot ^ slot >>> 15) & NAMES.length - 1;
    Name known = NAMES[slot];
    if (known == null || !known.name.equals(name)) {
      nameAnew(name, slot);
      return;
    }
    byte[] text = known.text;
    reserve(text.length);
    int skipped = commaDue ? 0 : 1;
    System.arraycopy(text, skipped, buffer, size, text.length - skipped);
    size += text.length - skipped;
    commaDue = false;
  }

  private void nameAnew(String name, int slot) {
    if (name.length() > MAX_KNOWN_LENGTH) {
      writeString(name);
      buffer[size++] = ':';
      commaDue = false;
      return;
    }
    JsonWriter alone = new JsonWriter(64);
    alone.commaDue = true;
    alone.writeString(name);
    alone.buffer[alone.size++] = ':';
    byte[] text = alone.toByteArray();
    NAMES[slot] = new Name(name, text);
    name(name);
  }

  @Override
  public void writeString(String value) {
    int length = value.length();
    value(length + 4);
    buffer[size++] = '"';
    int plain = plainLength(value, length);
    copyPlain(value, plain);
    if (plain < length) {
      escaped(value, plain);
    } else {
      buffer[size++] = '"';
    }
  }

  private static int plainLength(String value, int length) {
    int i = 0;
    while (i < length) {
      char c = value.charAt(i);
      if (c >= 128 || !PLAIN[c]) {
        break;
      }
      i++;
    }
    return i;
  }

  // Deprecated because it takes the low bytes alone, which here are all there is.
  @SuppressWarnings("deprecation")
  private void copyPlain(String value, int length) {
    value.getBytes(0, length, buffer, size);
    size += length;
  }

  @Override
  public void writeLong(long value) {
    writeAscii(Long.toString(value));
  }

  /**
   * Writes a number in the form of Go's encoding/json.
   *
   * @throws CodecException if it is infinite or not a number
   */
  @Override
  public void writeDouble(double value) {
    if (!Double.isFinite(value)) {
      String name = Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
      throw new CodecException("json: unsupported value: " + name);
    }
    if (value == 0) {
      writeAscii(1 / value < 0 ? "-0" : "0");
      return;
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    double magnitude = Math.abs(value);
    if (magnitude >= 1e-6 && magnitude < 1e21) {
      writeAscii(shortest.toPlainString());
      return;
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = shortest.precision() - shortest.scale() - 1;
    writeAscii(
        (value < 0 ? "-" : "")
            + digits.charAt(0)
            + (digits.length() > 1 ? "." + digits.substring(1) : "")
            + (exponent < 0 ? "e" : "e+")
            + exponent);
  }

  @Override
  public void writeBoolean(boolean value) {
    writeAscii(value ? "true" : "false");
  }

  @Override
  public void writeNull() {
    writeAscii("null");
  }

  @Override
  public void writeBytes(Bytes value) {
    byte[] encoded = Base64.getEncoder().encode(value.array());
    value(encoded.length + 2);
    buffer[size++] = '"';
    append(encoded);
    buffer[size++] = '"';
  }

  @Override
  public void writeTime(Instant value) {
    time(value, false);
  }

  @Override
  public void writeMicroTime(Instant value) {
    time(value, true);
  }

  private void time(Instant value, boolean micros) {
    value(Rfc3339.MAX_LENGTH + 2);
    buffer[size++] = '"';
    size = Rfc3339.put(value, micros, buffer, size);
    buffer[size++] = '"';
  }

  @Override
  public void writeTree(Json tree) {
    switch (tree) {
      case Json.Obj(var members) -> {
        beginObject();
        members.forEach(
            (name, member) -> {
              name(name);
              writeTree(member);
            });
        endObject();
      }
      case Json.Arr(var elements) -> {
        beginArray();
        for (Json element : elements) {
          writeTree(element);
        }
        endArray();
      }
      case Json.Str(var text) -> writeString(text);
      case Json.Int(var number) -> writeLong(number);
      case Json.Num(var number) -> writeDouble(number);
      case Json.Bool(var flag) -> writeBoolean(flag);
      case Json.Null _ -> writeNull();
    }
  }

  private void begin(byte bracket) {
    value(1);
    buffer[size++] = bracket;
    commaDue = false;
  }

  private void end(byte bracket) {
    reserve(1);
    buffer[size++] = bracket;
    commaDue = true;
  }

  /** Makes room for a value, and for a colon after it; writes the comma before it if one is due. */
  private void value(int length) {
    reserve(length + 2);
    if (commaDue) {
      buffer[size++] = ',';
    }
    commaDue = true;
  }

  private void writeAscii(String text) {
    int length = text.length();
    value(length);
    for (int i = 0; i < length; i++) {
      buffer[size++] = (byte) text.charAt(i);
    }
  }

  private void append(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  /** Writes the rest of a string that is not all plain, and its closing quote. */
  private void escaped(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      // The rest if all of it were plain, this character at its longest, quote and colon.
      reserve(value.length() - i + 8);
      char c = value.charAt(i);
      if (c < 128) {
        if (PLAIN[c]) {
          buffer[size++] = (byte) c;
        } else {
          escape(c);
        }
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        i++;
        utf8(Character.toCodePoint(c, value.charAt(i)));
      } else if (Character.isSurrogate(c)) {
        unicode('\ufffd');
      } else if (c == '\u2028' || c == '\u2029') {
        unicode(c);
      } else {
        utf8(c);
      }
    }
    buffer[size++] = '"';
  }

  private void escape(char c) {
    char letter =
        switch (c) {
          case '"', '\\' -> c;
          case '\b' -> 'b';
          case '\f' -> 'f';
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 0;
        };
    if (letter == 0) {
      unicode(c);
    } else {
      buffer[size++] = '\\';
      buffer[size++] = (byte) letter;
    }
  }

  private void unicode(char c) {
    buffer[size++] = '\\';
    buffer[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      buffer[size++] = HEX[c >> shift & 15];
    }
  }

  private void utf8(int rune) {
    if (rune < 0x800) {
      buffer[size++] = (byte) (0xc0 | rune >> 6);
    } else {
      if (rune < 0x10000) {
        buffer[size++] = (byte) (0xe0 | rune >> 12);
      } else {
        buffer[size++] = (byte) (0xf0 | rune >> 18);
        buffer[size++] = (byte) (0x80 | (rune >> 12 & 0x3f));
      }
      buffer[size++] = (byte) (0x80 | (rune >> 6 & 0x3f));
    }
    buffer[size++] = (byte) (0x80 | (rune & 0x3f));
  }

  private void reserve(int count) {
    int needed = Math.addExact(size, count);
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, buffer.length + (buffer.length >> 1)));
    }
  }
}
