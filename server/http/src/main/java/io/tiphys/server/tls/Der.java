package io.tiphys.server.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * As much of ASN.1's DER as certificates need. Written here because a library for all of it takes a
 * quarter of a second to load, and the server has a second to start.
 */
public final class Der {
  static final int OCTET_STRING = 0x04;
  static final int UTF8_STRING = 0x0c;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  /** A value: its tag, its length and its content, the parts one behind the other. */
  static byte[] value(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
      out.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, parts);
  }

  static byte[] integer(BigInteger number) {
    return value(0x02, number.toByteArray());
  }

  static byte[] yes() {
    return new byte[] {0x01, 0x01, (byte) 0xff};
  }

  /**
   * @param unusedBits how many of the last byte do not count
   */
  static byte[] bitString(int unusedBits, byte[] bytes) {
    return value(0x03, new byte[] {(byte) unusedBits}, bytes);
  }

  static byte[] utf8(String text) {
    return value(UTF8_STRING, text.getBytes(UTF_8));
  }

  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(0x80 | ((arc >>> shift) & 0x7f));
        }
      }
      out.write(arc & 0x7f);
    }
    return value(0x06, out.toByteArray());
  }

  static byte[] time(Instant time) {
    return time.isBefore(YEAR_2050)
        ? value(0x17, UTC_TIME.format(time).getBytes(US_ASCII))
        : value(0x18, GENERALIZED_TIME.format(time).getBytes(US_ASCII));
  }

  /** A value as it was read. */
  public record Element(int tag, byte[] content) {
    /** The values inside. */
    public List<Element> children() {
      return read(content);
    }

    /** A string of any of the types that names use. */
    public String text() {
      return switch (tag) {
        case 0x1e -> new String(content, UTF_16BE);
        case 0x14 -> new String(content, ISO_8859_1);
        default -> new String(content, UTF_8);
      };
    }

    @Override
    public String toString() {
      return Integer.toHexString(tag) + ":" + HexFormat.of().formatHex(content);
    }
  }

  /**
   * Reads values that follow one another.
   *
   * @throws IllegalArgumentException when the bytes are no DER
   */
  public static List<Element> read(byte[] bytes) {
    List<Element> elements = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int tag = in.get() & 0xff;
      int length = in.hasRemaining() ? in.get() & 0xff : -1;
      if (length >= 0x80) {
        int count = length & 0x7f;
        length = 0;
        for (int i = 0; i < count && i < 4 && in.hasRemaining(); i++) {
          length = (length << 8) | (in.get() & 0xff);
        }
      }
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException("a value ends before its length");
      }
      byte[] content = new byte[length];
      in.get(content);
      elements.add(new Element(tag, content));
    }
    return elements;
  }
}
