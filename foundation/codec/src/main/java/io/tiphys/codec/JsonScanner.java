package io.tiphys.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * The tokens of JSON text. What it accepts, and the words in which it refuses, were checked against
 * the scanner of Go's encoding/json as kept in sigs.k8s.io/json (scanner.go).
 *
 * <p>Strings are looked through eight bytes at a time: most text is plain ASCII, which becomes a
 * {@code String} by one copy.
 */
sealed class JsonScanner permits JsonReader {
  /** As in Go; only {@link #skipValue}, which does not recurse, goes that deep. */
  private static final int MAX_SKIPPED_DEPTH = 10_000;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  final byte[] input;
  int position;

  JsonScanner(byte[] input) {
    this.input = input;
  }

  /** The next byte that is not white space, which is left unread. */
  final int token() {
    int i = position;
    if (i < input.length && input[i] > ' ') {
      return input[i];
    }
    return tokenAfterSpace();
  }

  private int tokenAfterSpace() {
    for (int i = position; i < input.length; i++) {
      byte c = input[i];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        position = i;
        return c & 0xff;
      }
    }
    throw endOfInput();
  }

  /** Reads a string whose opening quote comes next. */
  final String string() {
    int start = ++position;
    int stop = plainEnd(start);
    if (stop < input.length && input[stop] == '"') {
      position = stop + 1;
      return new String(input, start, stop - start, StandardCharsets.ISO_8859_1);
    }
    skipRestOfString(stop);
    return GoText.unquote(input, start, position - 1);
  }

  /** Like {@link #string}, for texts that come again and again. */
  final String name() {
    int start = ++position;
    int stop = plainEnd(start);
    if (stop < input.length && input[stop] == '"') {
      position = stop + 1;
      return NameTable.SHARED.get(input, start, stop - start);
    }
    skipRestOfString(stop);
    return GoText.unquote(input, start, position - 1);
  }

  /** Passes over a number and reports whether it has neither fraction nor exponent. */
  final boolean skipNumber() {
    int i = position;
    if (input[i] == '-') {
      i++;
      if (!isDigit(i)) {
        throw invalid(i, "in numeric literal");
      }
    }
    i = input[i] == '0' ? i + 1 : digits(i);
    boolean integer = true;
    if (i < input.length && input[i] == '.') {
      integer = false;
      if (!isDigit(++i)) {
        throw invalid(i, "after decimal point in numeric literal");
      }
      i = digits(i);
    }
    if (i < input.length && (input[i] | 0x20) == 'e') {
      integer = false;
      i++;
      if (i < input.length && (input[i] == '+' || input[i] == '-')) {
        i++;
      }
      if (!isDigit(i)) {
        throw invalid(i, "in exponent of numeric literal");
      }
      i = digits(i);
    }
    position = i;
    return integer;
  }

  /** Passes over {@code true}, {@code false} or {@code null}, whose first letter was seen. */
  final void literal(String word) {
    for (int i = 1; i < word.length(); i++) {
      int at = position + i;
      if (at >= input.length || input[at] != word.charAt(i)) {
        throw invalid(at, "in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    position += word.length();
  }

  /** Passes over one value of any kind and depth, checking its syntax. */
  final void skipValue() {
    BitSet objects = new BitSet();
    int nesting = 0;
    while (true) {
      int c = token();
      if (c == '{' || c == '[') {
        nesting = enter(objects, nesting, c == '{');
        if (token() != c + 2) {
          if (c == '{') {
            skipKey();
          }
          continue;
        }
        position++;
        nesting--;
      } else {
        skipScalar(c);
      }
      do {
        if (nesting == 0) {
          return;
        }
      } while (closed(objects.get(nesting)) && nesting-- > 0);
    }
  }

  /** Checks that nothing but white space is left. */
  final void endOfText() {
    for (int i = position; i < input.length; i++) {
      byte c = input[i];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        throw invalid(i, "after top-level value");
      }
    }
    position = input.length;
  }

  /** Reads a key and its colon. */
  final String key() {
    if (token() != '"') {
      throw invalid(position, "looking for beginning of object key string");
    }
    String name = name();
    colon();
    return name;
  }

  /** The refusal of the byte at {@code index}, or of the end of the text if that comes first. */
  final CodecException invalid(int index, String context) {
    if (index >= input.length) {
      return endOfInput();
    }
    return new CodecException(
        "invalid character " + GoText.quoteByte(input[index] & 0xff) + " " + context);
  }

  private static CodecException endOfInput() {
    return new CodecException("unexpected end of JSON input");
  }

  private int enter(BitSet objects, int nesting, boolean object) {
    if (nesting == MAX_SKIPPED_DEPTH) {
      throw invalid(position, "exceeded max depth");
    }
    position++;
    objects.set(nesting + 1, object);
    return nesting + 1;
  }

  /** After a value within a container: whether that ends here; else another value follows. */
  private boolean closed(boolean object) {
    int c = token();
    if (c == (object ? '}' : ']')) {
      position++;
      return true;
    }
    if (c != ',') {
      throw invalid(position, object ? "after object key:value pair" : "after array element");
    }
    position++;
    if (object) {
      skipKey();
    }
    return false;
  }

  private void skipKey() {
    if (token() != '"') {
      throw invalid(position, "looking for beginning of object key string");
    }
    skipRestOfString(plainEnd(++position));
    colon();
  }

  private void colon() {
    if (token() != ':') {
      throw invalid(position, "after object key");
    }
    position++;
  }

  private void skipScalar(int first) {
    switch (first) {
      case '"' -> skipRestOfString(plainEnd(++position));
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> {
        if (first != '-' && (first < '0' || first > '9')) {
          throw invalid(position, "looking for beginning of value");
        }
        skipNumber();
      }
    }
  }

  /** Passes over what is left of a string, from {@code from} to behind its closing quote. */
  private void skipRestOfString(int from) {
    int i = from;
    while (i < input.length) {
      byte c = input[i];
      if (c == '"') {
        position = i + 1;
        return;
      }
      if (c == '\\') {
        i = skipEscape(i + 1);
      } else if (c >= 0 && c < ' ') {
        throw invalid(i, "in string literal");
      } else {
        i = plainEnd(i + 1);
      }
    }
    throw endOfInput();
  }

  private int skipEscape(int index) {
    if (index >= input.length) {
      throw endOfInput();
    }
    return switch (input[index]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> index + 1;
      case 'u' -> {
        for (int i = index + 1; i <= index + 4; i++) {
          if (i >= input.length || Character.digit(input[i], 16) < 0) {
            throw invalid(i, "in \\u hexadecimal character escape");
          }
        }
        yield index + 5;
      }
      default -> throw invalid(index, "in string escape code");
    };
  }

  /** The first index from {@code from} on of a quote, a backslash, a control or beyond ASCII. */
  private int plainEnd(int from) {
    byte[] in = input;
    int i = from;
    for (; i <= in.length - 8; i += 8) {
      long word = (long) LONGS.get(in, i);
      long quote = word ^ ONES * '"';
      long backslash = word ^ ONES * '\\';
      // A byte is zero where (x - 1) & ~x has its high bit; the lowest such bit is exact.
      long hits =
          ((quote - ONES) & ~quote)
              | ((backslash - ONES) & ~backslash)
              | ((word - ONES * ' ') & ~word)
              | word;
      hits &= HIGH_BITS;
      if (hits != 0) {
        return i + (Long.numberOfTrailingZeros(hits) >>> 3);
      }
    }
    for (; i < in.length; i++) {
      byte c = in[i];
      if (c < ' ' || c == '"' || c == '\\') {
        return i;
      }
    }
    return i;
  }

  private boolean isDigit(int index) {
    return index < input.length && input[index] >= '0' && input[index] <= '9';
  }

  private int digits(int from) {
    int i = from;
    while (isDigit(i)) {
      i++;
    }
    return i;
  }
}
