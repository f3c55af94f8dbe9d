package io.tiphys.node.engine.tar;

import io.tiphys.codec.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar stream: ustar, pax and GNU's long names. Sparse members are refused; no builder of
 * images writes them.
 */
public final class TarReader {
  private static final int BLOCK = 512;

  /** A member's pax header; names and attributes are all it may hold, and those are short. */
  private static final int PAX_LIMIT = 1 << 20;

  private static final String XATTR_PREFIX = "SCHILY.xattr.";

  private final InputStream in;
  private final byte[] header = new byte[BLOCK];
  private final Content content = new Content();
  private final Map<String, Bytes> globalPax = new HashMap<>();
  private int padding;

  public TarReader(InputStream in) {
    this.in = in;
  }

  /** The next member, or null at the end; what is left of the one before is passed over. */
  public @Nullable TarEntry next() throws IOException {
    content.skipRest();
    // As Go's reader: an archive may end with its last content (umoci's insert writes such ones).
    if (in.readNBytes(header, 0, padding) < padding) {
      return null;
    }
    padding = 0;
    Map<String, Bytes> pax = new HashMap<>(globalPax);
    while (readHeader()) {
      char flag = (char) header[156];
      long size = number(124, 12);
      if (size < 0) {
        throw new IOException("tar: negative size");
      }
      switch (flag) {
        case 'x' -> readPax(meta(size), pax);
        case 'g' -> {
          readPax(meta(size), globalPax);
          pax.putAll(globalPax);
        }
        case 'L' -> pax.put("path", text(meta(size)));
        case 'K' -> pax.put("linkpath", text(meta(size)));
        default -> {
          return member(flag, size, pax);
        }
      }
    }
    return null;
  }

  /** The current member's content. */
  public InputStream content() {
    return content;
  }

  private boolean readHeader() throws IOException {
    int read = in.readNBytes(header, 0, BLOCK);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new EOFException("tar: ends within a header");
    }
    boolean zero = true;
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      zero &= header[i] == 0;
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (zero) {
      return false;
    }
    if (sum != number(148, 8)) {
      throw new IOException("tar: header checksum does not match");
    }
    return true;
  }

  private TarEntry member(char flag, long headerSize, Map<String, Bytes> pax) throws IOException {
    for (String key : pax.keySet()) {
      if (key.startsWith("GNU.sparse.")) {
        throw new IOException("tar: sparse members are not supported");
      }
    }
    String name = paxText(pax, "path", headerName());
    TarEntry.Type type = type(flag, name);
    long size = Long.parseLong(paxText(pax, "size", Long.toString(headerSize)));
    boolean hasContent = type == TarEntry.Type.FILE;
    if (size < 0) {
      throw new IOException("tar: negative size");
    }
    content.remaining = hasContent ? size : 0;
    padding = hasContent ? (int) ((BLOCK - size % BLOCK) % BLOCK) : 0;
    Map<String, Bytes> xattrs = new HashMap<>();
    pax.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR_PREFIX)) {
            xattrs.put(key.substring(XATTR_PREFIX.length()), value);
          }
        });
    return new TarEntry(
        name,
        type,
        hasContent ? size : 0,
        (int) number(100, 8) & 07777,
        Long.parseLong(paxText(pax, "uid", Long.toString(number(108, 8)))),
        Long.parseLong(paxText(pax, "gid", Long.toString(number(116, 8)))),
        modified(pax),
        paxText(pax, "linkpath", string(157, 100)),
        (int) number(329, 8),
        (int) number(337, 8),
        xattrs);
  }

  private static TarEntry.Type type(char flag, String name) throws IOException {
    return switch (flag) {
      case '0', '7', '\0' -> name.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMBOLIC_LINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default -> throw new IOException("tar: member " + name + " is of unknown type " + flag);
    };
  }

  private String headerName() {
    String name = string(0, 100);
    boolean ustar = string(257, 5).equals("ustar");
    // GNU's own format uses the room of the prefix for other things.
    boolean gnu = header[262] == ' ';
    String prefix = ustar && !gnu ? string(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private Instant modified(Map<String, Bytes> pax) throws IOException {
    Bytes precise = pax.get("mtime");
    if (precise == null) {
      return Instant.ofEpochSecond(number(136, 12));
    }
    try {
      BigDecimal seconds = new BigDecimal(utf8(precise));
      long whole = seconds.longValue();
      return Instant.ofEpochSecond(
          whole, seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IOException("tar: bad time " + utf8(precise), e);
    }
  }

  /** A header's whole content, which must be small. */
  private byte[] meta(long size) throws IOException {
    if (size > PAX_LIMIT) {
      throw new IOException("tar: a header of " + size + " bytes, more than " + PAX_LIMIT);
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException("tar: ends within a header");
    }
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    return bytes;
  }

  /** Records of the form {@code length key=value\n}, where length counts the whole record. */
  private static void readPax(byte[] bytes, Map<String, Bytes> into) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      int space = indexOf(bytes, ' ', at);
      int length;
      try {
        length = Integer.parseInt(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        throw new IOException("tar: bad pax record", e);
      }
      int end = at + length - 1;
      if (length < 1 || end <= space || end >= bytes.length || bytes[end] != '\n') {
        throw new IOException("tar: bad pax record");
      }
      int equals = indexOf(bytes, '=', space);
      if (equals >= end) {
        throw new IOException("tar: bad pax record");
      }
      String key = new String(bytes, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      into.put(key, Bytes.wrap(Arrays.copyOfRange(bytes, equals + 1, end)));
      at = end + 1;
    }
  }

  private static int indexOf(byte[] bytes, char wanted, int from) throws IOException {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw new IOException("tar: bad pax record");
  }

  /** GNU's long names end with a zero. */
  private static Bytes text(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return Bytes.wrap(Arrays.copyOf(bytes, end));
  }

  private static String paxText(Map<String, Bytes> pax, String key, String otherwise) {
    Bytes value = pax.get(key);
    return value == null || value.isEmpty() ? otherwise : utf8(value);
  }

  private static String utf8(Bytes bytes) {
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }

  private String string(int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  /** An octal number, or GNU's base 256 for what octal has no room for. */
  private long number(int offset, int length) throws IOException {
    if ((header[offset] & 0x80) != 0) {
      long value = (header[offset] & 0x40) != 0 ? -1 : header[offset] & 0x3f;
      for (int i = offset + 1; i < offset + length; i++) {
        value = (value << 8) | (header[i] & 0xff);
      }
      return value;
    }
    String text = string(offset, length).strip();
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text, 8);
    } catch (NumberFormatException e) {
      throw new IOException("tar: bad number " + text, e);
    }
  }

  private final class Content extends InputStream {
    private long remaining;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (remaining == 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, remaining));
      if (read < 0) {
        throw new EOFException("tar: ends within a member");
      }
      remaining -= read;
      return read;
    }

    void skipRest() throws IOException {
      in.skipNBytes(remaining);
      remaining = 0;
    }
  }
}
