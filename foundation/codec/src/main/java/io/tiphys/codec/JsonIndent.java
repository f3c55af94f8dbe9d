package io.tiphys.codec;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Compact JSON set out over lines, two spaces a level, as Go's json.Indent does it. */
public final class JsonIndent {
  private static final byte[] STEP = {' ', ' '};

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int depth;
  private boolean inText;
  private boolean escaped;

  /** A bracket was opened, and whether anything stands in it is not known yet. */
  private boolean opened;

  private JsonIndent() {}

  /** One value, given in pieces. */
  public static byte[] of(List<byte[]> compact) {
    JsonIndent indent = new JsonIndent();
    for (byte[] piece : compact) {
      for (byte one : piece) {
        indent.add(one);
      }
    }
    return indent.out.toByteArray();
  }

  public static byte[] of(byte[] compact) {
    return of(List.of(compact));
  }

  private void add(byte one) {
    if (inText) {
      out.write(one);
      inText = escaped || one != '"';
      escaped = !escaped && one == '\\';
      return;
    }
    switch (one) {
      case ' ', '\t', '\r', '\n' -> {}
      case '}', ']' -> close(one);
      default -> {
        if (opened) {
          opened = false;
          line();
        }
        addWithin(one);
      }
    }
  }

  private void close(byte bracket) {
    depth--;
    if (opened) {
      opened = false;
    } else {
      line();
    }
    out.write(bracket);
  }

  private void addWithin(byte one) {
    out.write(one);
    switch (one) {
      case '{', '[' -> {
        depth++;
        opened = true;
      }
      case ',' -> line();
      case ':' -> out.write(' ');
      case '"' -> inText = true;
      default -> {}
    }
  }

  private void line() {
    out.write('\n');
    for (int i = 0; i < depth; i++) {
      out.writeBytes(STEP);
    }
  }
}
