package io.tiphys.cel.syntax;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Strings in quotes: where they end and what they mean (cel-go's parser/unescape.go). */
final class Quoted {
  private static final String PLAIN = "unable to unescape string";

  private Quoted() {}

  /** Behind the string that begins with the quote at {@code from}; {@code ~i} if i fits not. */
  static int end(Source source, int from, boolean raw) {
    int quote = source.at(from);
    boolean three = source.at(from + 1) == quote && source.at(from + 2) == quote;
    if (three) {
      int end = end(source, from + 3, quote, 3, raw);
      return end < 0 ? from + 2 : end;
    }
    return end(source, from + 1, quote, 1, raw);
  }

  private static int end(Source source, int from, int quote, int quotes, boolean raw) {
    int at = from;
    while (true) {
      int c = source.at(at);
      if (c < 0 || (quotes == 1 && (c == '\n' || c == '\r'))) {
        return ~at;
      }
      if (c == quote && closes(source, at, quote, quotes)) {
        return at + quotes;
      }
      if (c == '\\' && !raw) {
        int next = escape(source, at + 1);
        if (next < 0) {
          return next;
        }
        at = next;
      } else {
        at++;
      }
    }
  }

  private static boolean closes(Source source, int at, int quote, int quotes) {
    return quotes == 1 || (source.at(at + 1) == quote && source.at(at + 2) == quote);
  }

  private static int escape(Source source, int at) {
    return switch (source.at(at)) {
      case 'a', 'b', 'f', 'n', 'r', 't', 'v', '"', '\'', '\\', '?', '`' -> at + 1;
      case '0', '1', '2', '3' -> digits(source, at + 1, 2, 8);
      case 'x', 'X' -> digits(source, at + 1, 2, 16);
      case 'u' -> digits(source, at + 1, 4, 16);
      case 'U' -> digits(source, at + 1, 8, 16);
      default -> ~at;
    };
  }

  private static int digits(Source source, int from, int count, int radix) {
    for (int i = from; i < from + count; i++) {
      int c = source.at(i);
      boolean fits = radix == 8 ? c >= '0' && c <= '7' : Lexer.isHex(c);
      if (!fits) {
        return ~i;
      }
    }
    return from + count;
  }

  /** What cannot be understood although the lexer let it pass. */
  static final class Misquoted extends Exception {
    private static final long serialVersionUID = 1;

    Misquoted(String message) {
      super(message, null, false, false);
    }
  }

  static String text(String token) throws Misquoted {
    return new String(unescape(token, false), StandardCharsets.UTF_8);
  }

  static byte[] bytes(String token) throws Misquoted {
    return unescape(token.substring(1), true);
  }

  private static byte[] unescape(String token, boolean bytes) throws Misquoted {
    String value = token.replace("\r\n", "\n").replace('\r', '\n');
    boolean raw = value.startsWith("r") || value.startsWith("R");
    value = raw ? value.substring(1) : value;
    boolean three = value.length() >= 6 && (value.startsWith("'''") || value.startsWith("\"\"\""));
    value = three ? value.substring(3, value.length() - 3) : value.substring(1, value.length() - 1);
    if (raw || value.indexOf('\\') < 0) {
      return value.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < value.length(); ) {
      int c = value.codePointAt(at);
      if (c == '\\') {
        at = escaped(value, at + 1, bytes, out);
      } else {
        at += Character.charCount(c);
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return out.toByteArray();
  }

  private static int escaped(String value, int at, boolean bytes, ByteArrayOutputStream out)
      throws Misquoted {
    char c = value.charAt(at);
    int simple = "abfnrtv".indexOf(c);
    if (simple >= 0) {
      out.write("\u0007\b\f\n\r\t\u000b".charAt(simple));
      return at + 1;
    }
    return switch (c) {
      case 'x', 'X' -> coded(value, at + 1, at + 3, 16, bytes, out);
      case 'u' -> wide(value, at + 1, at + 5, bytes, out);
      case 'U' -> wide(value, at + 1, at + 9, bytes, out);
      case '0', '1', '2', '3' -> coded(value, at, at + 3, 8, bytes, out);
      default -> {
        out.write(c);
        yield at + 1;
      }
    };
  }

  private static int wide(String value, int from, int to, boolean bytes, ByteArrayOutputStream out)
      throws Misquoted {
    if (bytes) {
      throw new Misquoted(PLAIN);
    }
    return coded(value, from, to, 16, false, out);
  }

  private static int coded(
      String value, int from, int to, int radix, boolean bytes, ByteArrayOutputStream out)
      throws Misquoted {
    long code = Long.parseLong(value.substring(from, to), radix);
    if (bytes) {
      out.write((int) code);
      return to;
    }
    if (code > Character.MAX_CODE_POINT || (code >= 0xD800 && code <= 0xDFFF)) {
      throw new Misquoted("invalid unicode code point");
    }
    out.writeBytes(Character.toString((int) code).getBytes(StandardCharsets.UTF_8));
    return to;
  }
}
