package io.tiphys.cel.library;

import io.tiphys.meta.GoText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An IP address as Go's net/netip reads and writes it: no leading zeros, compressed zeros. */
final class NetAddress {
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  private final byte[] bytes;

  private NetAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  record Network(NetAddress address, int prefix) {}

  /** What is no address, in Go's words. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }

    static Malformed address(String text, String problem) {
      return new Malformed("ParseAddr(" + GoText.quote(text) + "): " + problem);
    }
  }

  static NetAddress parse(String text) throws Malformed {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        return new NetAddress(v4(text, text));
      }
      if (c == ':') {
        return new NetAddress(v6(text));
      }
      if (c == '%') {
        throw Malformed.address(text, "missing IPv6 address");
      }
    }
    throw Malformed.address(text, "unable to parse IP");
  }

  static Network parseNetwork(String text) throws Malformed {
    String before = "netip.ParsePrefix(" + GoText.quote(text) + "): ";
    int slash = text.lastIndexOf('/');
    if (slash < 0) {
      throw new Malformed(before + "no '/'");
    }
    NetAddress address;
    try {
      address = parse(text.substring(0, slash));
    } catch (Malformed e) {
      throw new Malformed(before + e.getMessage());
    }
    if (text.indexOf('%') >= 0) {
      throw new Malformed(before + "IPv6 zones cannot be present in a prefix");
    }
    String digits = text.substring(slash + 1);
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 3
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || (digits.length() > 1 && digits.startsWith("0"))) {
      throw new Malformed(before + "bad bits after slash: " + GoText.quote(digits));
    }
    int prefix = Integer.parseInt(digits);
    if (prefix > address.bytes.length * Byte.SIZE) {
      throw new Malformed(before + "prefix length out of range");
    }
    return new Network(address, prefix);
  }

  private static byte[] v4(String whole, String text) throws Malformed {
    byte[] bytes = new byte[V4_BYTES];
    int field = 0;
    int value = 0;
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        if (digits == 1 && value == 0) {
          throw Malformed.address(whole, "IPv4 field has octet with leading zero");
        }
        value = value * 10 + c - '0';
        digits++;
        if (value > 255) {
          throw Malformed.address(whole, "IPv4 field has value >255");
        }
      } else if (c == '.') {
        if (i == 0 || i == text.length() - 1 || text.charAt(i - 1) == '.') {
          throw at(whole, text.substring(i), "IPv4 field must have at least one digit");
        }
        if (field == 3) {
          throw Malformed.address(whole, "IPv4 address too long");
        }
        bytes[field++] = (byte) value;
        value = 0;
        digits = 0;
      } else {
        throw at(whole, text.substring(i), "unexpected character");
      }
    }
    if (field < 3) {
      throw Malformed.address(whole, "IPv4 address too short");
    }
    bytes[3] = (byte) value;
    return bytes;
  }

  private static Malformed at(String whole, String rest, String problem) {
    return new Malformed(
        "ParseAddr(" + GoText.quote(whole) + "): " + problem + " (at " + GoText.quote(rest) + ")");
  }

  private static byte[] v6(String whole) throws Malformed {
    int zone = whole.indexOf('%');
    if (zone == whole.length() - 1) {
      throw Malformed.address(whole, "zone must be a non-empty string");
    }
    String rest = zone < 0 ? whole : whole.substring(0, zone);
    byte[] bytes = new byte[V6_BYTES];
    int ellipsis = -1;
    if (rest.startsWith("::")) {
      ellipsis = 0;
      rest = rest.substring(2);
      if (rest.isEmpty()) {
        return bytes;
      }
    }
    int at = 0;
    while (at < V6_BYTES) {
      int end = 0;
      while (end < rest.length() && Character.digit(rest.charAt(end), 16) >= 0) {
        end++;
      }
      if (end > 4) {
        throw at(whole, rest, "each group must have 4 or less digits");
      }
      if (end == 0) {
        throw at(whole, rest, "each colon-separated field must have at least one digit");
      }
      if (end < rest.length() && rest.charAt(end) == '.') {
        if (ellipsis < 0 && at != V6_BYTES - V4_BYTES) {
          throw at(
              whole, rest, "embedded IPv4 address must replace the final 2 fields of the address");
        }
        if (at + V4_BYTES > V6_BYTES) {
          throw at(
              whole, rest, "too many hex fields to fit an embedded IPv4 at the end of the address");
        }
        System.arraycopy(v4(whole, rest), 0, bytes, at, V4_BYTES);
        rest = "";
        at += V4_BYTES;
        break;
      }
      int group = Integer.parseInt(rest.substring(0, end), 16);
      bytes[at++] = (byte) (group >> 8);
      bytes[at++] = (byte) group;
      rest = rest.substring(end);
      if (rest.isEmpty()) {
        break;
      }
      if (rest.charAt(0) != ':') {
        throw at(whole, rest, "unexpected character, want colon");
      }
      if (rest.length() == 1) {
        throw at(whole, rest, "colon must be followed by more characters");
      }
      rest = rest.substring(1);
      if (rest.charAt(0) == ':') {
        if (ellipsis >= 0) {
          throw at(whole, rest, "multiple :: in address");
        }
        ellipsis = at;
        rest = rest.substring(1);
        if (rest.isEmpty()) {
          break;
        }
      }
    }
    if (!rest.isEmpty()) {
      throw at(whole, rest, "trailing garbage after address");
    }
    return spread(whole, bytes, at, ellipsis);
  }

  private static byte[] spread(String whole, byte[] bytes, int length, int ellipsis)
      throws Malformed {
    if (length == V6_BYTES) {
      if (ellipsis >= 0) {
        throw Malformed.address(whole, "the :: must expand to at least one field of zeros");
      }
      return bytes;
    }
    if (ellipsis < 0) {
      throw Malformed.address(whole, "address string too short");
    }
    byte[] spread = new byte[V6_BYTES];
    System.arraycopy(bytes, 0, spread, 0, ellipsis);
    int tail = length - ellipsis;
    System.arraycopy(bytes, ellipsis, spread, V6_BYTES - tail, tail);
    return spread;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean isV4() {
    return bytes.length == V4_BYTES;
  }

  /** An IPv4 address in IPv6's form. */
  boolean isMapped() {
    boolean mapped = !isV4() && bytes[10] == -1 && bytes[11] == -1;
    for (int i = 0; mapped && i < 10; i++) {
      mapped = bytes[i] == 0;
    }
    return mapped;
  }

  boolean isUnspecified() {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  boolean isLoopback() {
    byte[] one = new byte[V6_BYTES];
    one[V6_BYTES - 1] = 1;
    return isV4() ? bytes[0] == 127 : Arrays.equals(bytes, one);
  }

  boolean isLinkLocalMulticast() {
    return isV4()
        ? bytes[0] == (byte) 224 && bytes[1] == 0 && bytes[2] == 0
        : bytes[0] == -1 && (bytes[1] & 0x0f) == 2;
  }

  boolean isLinkLocalUnicast() {
    return isV4()
        ? bytes[0] == (byte) 169 && bytes[1] == (byte) 254
        : bytes[0] == (byte) 0xfe && (bytes[1] & 0xc0) == 0x80;
  }

  private boolean isMulticast() {
    return isV4() ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == -1;
  }

  boolean isGlobalUnicast() {
    boolean broadcast = isV4() && Arrays.equals(bytes, new byte[] {-1, -1, -1, -1});
    return !broadcast
        && !isUnspecified()
        && !isLoopback()
        && !isMulticast()
        && !isLinkLocalUnicast();
  }

  NetAddress masked(int prefix) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.clamp(prefix - i * 8L, 0, 8);
      masked[i] &= (byte) (0xff00 >> kept);
    }
    return new NetAddress(masked);
  }

  boolean isSameNetwork(NetAddress other, int prefix) {
    return bytes.length == other.bytes.length && masked(prefix).equals(other.masked(prefix));
  }

  /** The shortest form. */
  String text() {
    if (isV4()) {
      return (bytes[0] & 0xff)
          + "."
          + (bytes[1] & 0xff)
          + "."
          + (bytes[2] & 0xff)
          + "."
          + (bytes[3] & 0xff);
    }
    int longest = 1;
    int start = -1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && group(end) == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        start = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        boolean separated = i > 0 && !(start >= 0 && i == start + longest);
        text.append(separated ? ":" : "").append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int group(int index) {
    return (bytes[2 * index] & 0xff) << 8 | (bytes[2 * index + 1] & 0xff);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NetAddress that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
