package io.tiphys.codec;

import java.util.Arrays;
import java.util.Base64;

/** Text the way Go's library reads and shows it. */
final class GoText {
  private GoText() {}

  /** A byte in an error, as encoding/json quotes it: {@code 'x'}, {@code '\n'}. */
  static String quoteByte(int c) {
    return c == '\'' ? "'\\''" : c == '"' ? "'\"'" : "'" + escape((char) c) + "'";
  }

  /** As strconv.Quote for text without unprintable characters beyond Latin-1. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c == '"' ? "\\\"" : escape(c));
    }
    return out.append('"').toString();
  }

  private static String escape(char c) {
    return switch (c) {
      case 7 -> "\\a";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case 11 -> "\\v";
      case '\\' -> "\\\\";
      default -> {
        if (c < ' ' || c == 0x7f) {
          yield "\\x%02x".formatted((int) c);
        }
        boolean unprintable = (c > 0x7f && c <= 0xa0) || c == 0xad;
        yield unprintable ? "\\u%04x".formatted((int) c) : String.valueOf(c);
      }
    };
  }

  /**
   * The text between two quotes whose syntax was checked. As in Go, each byte that is not UTF-8 and
   * each half of a surrogate pair becomes U+FFFD.
   */
  static String unquote(byte[] input, int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    int i = from;
    while (i < to) {
      byte c = input[i];
      if (c >= 0 && c != '\\') {
        out.append((char) c);
        i++;
      } else if (c < 0) {
        int length = utf8Length(input, i, to);
        appendUtf8(out, input, i, length);
        i += length;
      } else if (input[i + 1] == 'u') {
        i = unicodeEscape(out, input, i + 2, to);
      } else {
        out.append(unescape(input[i + 1]));
        i += 2;
      }
    }
    return out.toString();
  }

  private static char unescape(byte c) {
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> (char) c;
    };
  }

  private static int unicodeEscape(StringBuilder out, byte[] input, int digits, int to) {
    char unit = hex(input, digits);
    int next = digits + 4;
    if (!Character.isSurrogate(unit)) {
      out.append(unit);
      return next;
    }
    if (Character.isHighSurrogate(unit)
        && next + 6 <= to
        && input[next] == '\\'
        && input[next + 1] == 'u') {
      char low = hex(input, next + 2);
      if (Character.isLowSurrogate(low)) {
        out.append(unit).append(low);
        return next + 6;
      }
    }
    out.append('\ufffd');
    return next;
  }

  private static char hex(byte[] input, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      value = value << 4 | Character.digit(input[i], 16);
    }
    return (char) value;
  }

  /** How many bytes the character at {@code i} takes; 1 if they are not UTF-8. */
  private static int utf8Length(byte[] input, int i, int to) {
    int lead = input[i] & 0xff;
    int length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    if (length == 1 || i + length > to) {
      return 1;
    }
    int second = input[i + 1] & 0xff;
    int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) {
      return 1;
    }
    for (int k = 2; k < length; k++) {
      if ((input[i + k] & 0xc0) != 0x80) {
        return 1;
      }
    }
    return length;
  }

  private static void appendUtf8(StringBuilder out, byte[] input, int i, int length) {
    if (length == 1) {
      out.append('\ufffd');
      return;
    }
    int rune = input[i] & (0x7f >> length);
    for (int k = 1; k < length; k++) {
      rune = rune << 6 | (input[i + k] & 0x3f);
    }
    out.appendCodePoint(rune);
  }

  /**
   * Decodes standard base64 with padding; line breaks are passed over.
   *
   * @throws CodecException in the words of Go's encoding/base64
   */
  static Bytes decodeBase64(byte[] text) {
    if ((text.length & 3) == 0) {
      try {
        return Bytes.wrap(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException _) {
        // Line breaks, or a fault that the slow way names.
      }
    }
    byte[] compact = new byte[text.length];
    int size = 0;
    for (int i = 0; i < text.length; i++) {
      byte c = text[i];
      if (c == '\r' || c == '\n') {
        continue;
      }
      boolean padding = c == '=' && size % 4 >= 2 && onlyPaddingFollows(text, i, size % 4);
      if (!padding && !isBase64(c)) {
        throw illegalBase64(i);
      }
      compact[size++] = c;
      if (padding && size % 4 == 0) {
        for (int rest = i + 1; rest < text.length; rest++) {
          if (text[rest] != '\r' && text[rest] != '\n') {
            throw illegalBase64(rest);
          }
        }
      }
    }
    if (size % 4 != 0) {
      throw illegalBase64(compact[size - 1] == '=' ? text.length : text.length - size % 4);
    }
    return Bytes.wrap(Base64.getDecoder().decode(Arrays.copyOf(compact, size)));
  }

  /** A pad in third place must be followed by one in fourth place. */
  private static boolean onlyPaddingFollows(byte[] text, int index, int place) {
    if (place == 3) {
      return true;
    }
    for (int i = index + 1; i < text.length; i++) {
      if (text[i] != '\r' && text[i] != '\n') {
        return text[i] == '=';
      }
    }
    return true;
  }

  private static boolean isBase64(byte c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/';
  }

  private static CodecException illegalBase64(int index) {
    return new CodecException("illegal base64 data at input byte " + index);
  }
}
