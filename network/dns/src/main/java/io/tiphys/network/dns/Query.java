package io.tiphys.network.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A question as it came.
 *
 * @param flags the second word of the header
 * @param name in small letters, without the closing dot; empty for the root
 * @param question the question section's bytes, which answers repeat letter by letter
 * @param payload the largest UDP answer that the asker takes; 0 without EDNS
 */
record Query(int id, int flags, String name, int type, int dnsClass, byte[] question, int payload) {
  static final int HEADER_BYTES = 12;

  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int POINTER = 0xc0;
  private static final int LABEL_LIMIT = 63;
  private static final int NAME_LIMIT = 255;

  /** Why a message is no question for us: the code to answer, or none to stay silent. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    Unusable(int code) {
      super("code " + code, null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** The code of {@link Unusable} for what is not even a DNS question. */
  static final int SILENCE = -1;

  boolean edns() {
    return payload > 0;
  }

  /** The same question about another name. */
  Query about(String other) {
    int in = 1;
    return new Query(id, flags, other, type, in, MessageWriter.question(other, type), payload);
  }

  static Query read(byte[] message, int length) throws Unusable {
    if (length < HEADER_BYTES || (word(message, 2) & RESPONSE) != 0) {
      throw new Unusable(SILENCE);
    }
    if ((word(message, 2) & OPCODE) != 0) {
      throw new Unusable(Answer.NOT_IMPLEMENTED);
    }
    if (word(message, 4) != 1) {
      throw new Unusable(Answer.FORMAT_ERROR);
    }
    StringBuilder name = new StringBuilder();
    int at = readName(message, length, name);
    if (at + 4 > length) {
      throw new Unusable(Answer.FORMAT_ERROR);
    }
    return new Query(
        word(message, 0),
        word(message, 2),
        name.toString(),
        word(message, at),
        word(message, at + 2),
        Arrays.copyOfRange(message, HEADER_BYTES, at + 4),
        payload(message, length, at + 4));
  }

  /** The question's name; compression makes no sense there. Returns where it ends. */
  private static int readName(byte[] message, int length, StringBuilder name) throws Unusable {
    int at = HEADER_BYTES;
    while (at < length && message[at] != 0) {
      int size = Byte.toUnsignedInt(message[at]);
      if (size > LABEL_LIMIT || at + 1 + size >= length || name.length() + size > NAME_LIMIT) {
        throw new Unusable(Answer.FORMAT_ERROR);
      }
      String label = new String(message, at + 1, size, StandardCharsets.ISO_8859_1);
      // A dot inside a label would look like two labels; no such name is known here or elsewhere.
      name.append(name.isEmpty() ? "" : ".").append(label.replace('.', '\0'));
      at += 1 + size;
    }
    if (at >= length) {
      throw new Unusable(Answer.FORMAT_ERROR);
    }
    String lower = name.toString().toLowerCase(Locale.ROOT);
    name.setLength(0);
    name.append(lower);
    return at + 1;
  }

  /** Looks for the pseudo-record of EDNS among the additional records. */
  private static int payload(byte[] message, int length, int start) {
    int records = word(message, 6) + word(message, 8) + word(message, 10);
    int at = start;
    for (int i = 0; i < records; i++) {
      at = skipName(message, length, at);
      if (at + 10 > length) {
        return 0;
      }
      if (word(message, at) == Data.OPT) {
        return Math.max(Answer.SMALLEST_PAYLOAD, word(message, at + 2));
      }
      at += 10 + word(message, at + 8);
    }
    return 0;
  }

  /** Where the name at {@code start} ends; beyond the message if it does not. */
  static int skipName(byte[] message, int length, int start) {
    int at = start;
    while (at < length) {
      int size = Byte.toUnsignedInt(message[at]);
      if (size == 0) {
        return at + 1;
      }
      if ((size & POINTER) == POINTER) {
        return at + 2;
      }
      at += 1 + size;
    }
    return length + 1;
  }

  static int word(byte[] message, int at) {
    return Byte.toUnsignedInt(message[at]) << 8 | Byte.toUnsignedInt(message[at + 1]);
  }
}
