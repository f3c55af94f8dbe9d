package io.tiphys.meta;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An IP address, or the network it begins, as the API writes it. Octets with leading zeros are
 * read, as old versions did, but known to be wrong: other programs take them for octal. Checked
 * against ParseIPSloppy and ParseCIDRSloppy of k8s.io/utils/net and against
 * apimachinery/pkg/util/validation/ip.go.
 */
public final class IpAddress {
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  /** More digits than any octet, group or prefix has; longer numbers are refused, not read. */
  private static final int MAX_DIGITS = 8;

  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private final byte[] bytes;
  private final boolean canonicalDigits;

  private IpAddress(byte[] bytes, boolean canonicalDigits) {
    this.bytes = bytes;
    this.canonicalDigits = canonicalDigits;
  }

  /** Null if the text is no address. */
  public static @Nullable IpAddress parse(String text) {
    return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
  }

  /** What is wrong with an address, in upstream's words. */
  public static List<String> problems(String text) {
    IpAddress address = parse(text);
    if (address == null) {
      return List.of("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }
    if (!address.canonicalDigits) {
      return List.of("must not have leading 0s");
    }
    return address.isMapped() ? List.of("must not be an IPv4-mapped IPv6 address") : List.of();
  }

  /** The same for fields that are younger than that: there is one way to write an address. */
  public static List<String> strictProblems(String text) {
    List<String> problems = problems(text);
    IpAddress address = parse(text);
    return problems.isEmpty() && address != null ? otherForm(text, address.toString()) : problems;
  }

  static List<String> otherForm(String text, String canonical) {
    return text.equals(canonical)
        ? List.of()
        : List.of("must be in canonical form (\"" + canonical + "\")");
  }

  /** What is wrong with a network, in upstream's words. */
  public static List<String> networkProblems(String text) {
    int slash = text.indexOf('/');
    IpAddress address = slash < 0 ? null : parse(text.substring(0, slash));
    String digits = text.substring(slash + 1);
    int prefix = address == null ? -1 : number(digits, 10);
    if (address == null || prefix < 0 || prefix > address.bytes.length * Byte.SIZE) {
      return List.of("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
    if (!address.canonicalDigits || hasLeadingZero(digits)) {
      return List.of("must not have leading 0s in IP or prefix length");
    }
    if (address.isMapped()) {
      return List.of("must not have an IPv4-mapped IPv6 address");
    }
    return address.hasBitsBeyond(prefix)
        ? List.of("must not have bits set beyond the prefix length")
        : List.of();
  }

  /** Whether the text can be read as a network, be it in the one form or not. */
  public static boolean isNetwork(String text) {
    int slash = text.indexOf('/');
    IpAddress address = slash < 0 ? null : parse(text.substring(0, slash));
    int prefix = number(text.substring(slash + 1), 10);
    return address != null && prefix >= 0 && prefix <= address.bytes.length * Byte.SIZE;
  }

  /**
   * Whether a network is a part of another and smaller than it.
   *
   * @param part in CIDR form, like {@code whole}; false when one of them cannot be read
   */
  public static boolean isProperPart(String part, String whole) {
    if (!isNetwork(part) || !isNetwork(whole)) {
      return false;
    }
    IpAddress inner = parse(part.substring(0, part.indexOf('/')));
    IpAddress outer = parse(whole.substring(0, whole.indexOf('/')));
    int prefix = number(whole.substring(whole.indexOf('/') + 1), 10);
    return inner != null
        && outer != null
        && number(part.substring(part.indexOf('/') + 1), 10) > prefix
        && inner.bytes.length == outer.bytes.length
        && inner.agreesWith(outer, prefix);
  }

  private boolean agreesWith(IpAddress other, int prefix) {
    for (int bit = 0; bit < prefix; bit++) {
      int difference = bytes[bit / Byte.SIZE] ^ other.bytes[bit / Byte.SIZE];
      if ((difference >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable IpAddress parseV4(String text) {
    String[] octets = text.split("\\.", -1);
    if (octets.length != V4_BYTES) {
      return null;
    }
    byte[] bytes = new byte[V4_BYTES];
    boolean canonical = true;
    for (int i = 0; i < V4_BYTES; i++) {
      int octet = number(octets[i], 10);
      if (octet < 0 || octet > 0xff) {
        return null;
      }
      bytes[i] = (byte) octet;
      canonical &= !hasLeadingZero(octets[i]);
    }
    return new IpAddress(bytes, canonical);
  }

  private static @Nullable IpAddress parseV6(String text) {
    int gap = text.indexOf("::");
    Groups head = Groups.of(gap < 0 ? text : text.substring(0, gap), gap < 0);
    Groups tail = gap < 0 ? Groups.NONE : Groups.of(text.substring(gap + 2), true);
    if (head == null || tail == null) {
      return null;
    }
    int given = head.bytes.length + tail.bytes.length;
    if (gap < 0 ? given != V6_BYTES : given > V6_BYTES - 2) {
      return null;
    }
    byte[] bytes = Arrays.copyOf(head.bytes, V6_BYTES);
    System.arraycopy(tail.bytes, 0, bytes, V6_BYTES - tail.bytes.length, tail.bytes.length);
    return new IpAddress(bytes, head.canonical && tail.canonical);
  }

  /** Some groups of an IPv6 address, the last of which may be an IPv4 address. */
  private record Groups(byte[] bytes, boolean canonical) {
    static final Groups NONE = new Groups(new byte[0], true);
    private static final int MAX_HEX = 4;

    static @Nullable Groups of(String text, boolean mayEndInV4) {
      if (text.isEmpty()) {
        return NONE;
      }
      byte[] bytes = new byte[0];
      boolean canonical = true;
      String[] parts = text.split(":", -1);
      for (int i = 0; i < parts.length; i++) {
        boolean last = i == parts.length - 1;
        if (parts[i].indexOf('.') >= 0) {
          IpAddress v4 = last && mayEndInV4 ? parseV4(parts[i]) : null;
          if (v4 == null) {
            return null;
          }
          bytes = joined(bytes, v4.bytes);
          canonical &= v4.canonicalDigits;
        } else {
          int group = number(parts[i], 16);
          if (group < 0 || group > 0xffff) {
            return null;
          }
          bytes = joined(bytes, new byte[] {(byte) (group >> 8), (byte) group});
          canonical &= parts[i].length() <= MAX_HEX;
        }
      }
      return bytes.length > V6_BYTES ? null : new Groups(bytes, canonical);
    }

    private static byte[] joined(byte[] first, byte[] second) {
      byte[] all = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, all, first.length, second.length);
      return all;
    }
  }

  /** -1 if the text is no number. */
  private static int number(String digits, int radix) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0 || value > 0xffffff) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  private static boolean hasLeadingZero(String digits) {
    return digits.length() > 1 && digits.charAt(0) == '0';
  }

  /** Whether it is an IPv6 address and not one of IPv4 written as one. */
  public boolean isV6() {
    return bytes.length == V6_BYTES && !isMapped();
  }

  private boolean isMapped() {
    return bytes.length == V6_BYTES && Arrays.equals(MAPPED, Arrays.copyOf(bytes, MAPPED.length));
  }

  public boolean isUnspecified() {
    byte[] plain = plain();
    return Arrays.equals(plain, new byte[plain.length]);
  }

  public boolean isLoopback() {
    byte[] plain = plain();
    if (plain.length == V4_BYTES) {
      return plain[0] == 127;
    }
    byte[] one = new byte[V6_BYTES];
    one[V6_BYTES - 1] = 1;
    return Arrays.equals(plain, one);
  }

  public boolean isLinkLocalUnicast() {
    byte[] plain = plain();
    return plain.length == V4_BYTES
        ? begins(plain, 169, 254)
        : (plain[0] & 0xff) == 0xfe && (plain[1] & 0xc0) == 0x80;
  }

  public boolean isMulticast() {
    byte[] plain = plain();
    int first = plain[0] & 0xff;
    return plain.length == V4_BYTES ? (first & 0xf0) == 0xe0 : first == 0xff;
  }

  public boolean isLinkLocalMulticast() {
    byte[] plain = plain();
    return plain.length == V4_BYTES
        ? begins(plain, 224, 0) && plain[2] == 0
        : (plain[0] & 0xff) == 0xff && (plain[1] & 0x0f) == 0x02;
  }

  private static boolean begins(byte[] bytes, int first, int second) {
    return (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }

  /** Four bytes for what IPv4 can say. */
  private byte[] plain() {
    return isMapped() ? Arrays.copyOfRange(bytes, MAPPED.length, V6_BYTES) : bytes;
  }

  /** Four bytes for what IPv4 can say. */
  byte[] toBytes() {
    return plain().clone();
  }

  static IpAddress of(byte[] bytes) {
    return new IpAddress(bytes.clone(), true);
  }

  private boolean hasBitsBeyond(int prefix) {
    for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
      if ((bytes[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
        return true;
      }
    }
    return false;
  }

  /** As Go's net.IP.String: one text for each address, RFC 5952's for IPv6. */
  @Override
  public String toString() {
    byte[] plain = plain();
    StringBuilder text = new StringBuilder();
    if (plain.length == V4_BYTES) {
      for (byte octet : plain) {
        text.append(text.isEmpty() ? "" : ".").append(octet & 0xff);
      }
      return text.toString();
    }
    int[] gap = longestGap(plain);
    for (int group = 0; group < V6_BYTES / 2; group++) {
      if (group == gap[0]) {
        text.append("::");
        group += gap[1] - 1;
      } else {
        boolean colon = group > 0 && group != gap[0] + gap[1];
        text.append(colon ? ":" : "").append(Integer.toHexString(group(plain, group)));
      }
    }
    return text.toString();
  }

  /** The first of the longest runs of two zero groups or more, and its length. */
  private static int[] longestGap(byte[] bytes) {
    int[] longest = {-1, 1};
    int length = 0;
    for (int group = 0; group < V6_BYTES / 2; group++) {
      length = group(bytes, group) == 0 ? length + 1 : 0;
      if (length > longest[1]) {
        longest = new int[] {group - length + 1, length};
      }
    }
    return longest;
  }

  private static int group(byte[] bytes, int group) {
    return (bytes[2 * group] & 0xff) << 8 | (bytes[2 * group + 1] & 0xff);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpAddress that && Arrays.equals(plain(), that.plain());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(plain());
  }
}
