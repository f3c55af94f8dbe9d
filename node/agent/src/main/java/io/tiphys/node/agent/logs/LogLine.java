package io.tiphys.node.agent.logs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * One line of a log in CRI's format: {@code TIME STREAM TAG TEXT}.
 *
 * @param time as upstream shows it: nine digits of a second and {@code Z} for UTC
 * @param partial the text goes on in the next line
 * @param text without the line's end
 */
record LogLine(String time, boolean partial, byte[] text) {

  /** Null for a line that is none, such as one cut short by a crash. */
  static @Nullable LogLine parse(byte[] line, int length) {
    int first = indexOf(line, ' ', 0, length);
    int second = first < 0 ? -1 : indexOf(line, ' ', first + 1, length);
    int third = second < 0 ? -1 : indexOf(line, ' ', second + 1, length);
    if (third < 0) {
      return null;
    }
    byte[] text = new byte[length - third - 1];
    System.arraycopy(line, third + 1, text, 0, text.length);
    String time = new String(line, 0, first, StandardCharsets.US_ASCII);
    return new LogLine(shown(time), line[second + 1] == 'P', text);
  }

  /** conmon writes UTC as {@code +00:00}, containerd and so upstream's users see {@code Z}. */
  private static String shown(String time) {
    return time.endsWith("+00:00") ? time.substring(0, time.length() - 6) + "Z" : time;
  }

  /** The moment it was written, or null if that cannot be read. */
  @Nullable Instant instant() {
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static int indexOf(byte[] line, char wanted, int from, int length) {
    for (int i = from; i < length; i++) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
