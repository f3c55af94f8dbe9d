package io.tiphys.rules.warnings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as it was written, leading zeros of old included.
 *
 * @param bytes 4 or 16; an IPv4 address within an IPv6 one has 4
 * @param odd whether a strict reader refuses or misunderstands it
 * @param mapped written as an IPv6 address with an IPv4 address in it
 */
record IpLiteral(byte[] bytes, boolean odd, boolean mapped) {
  private static final int V6_BYTES = 16;
  private static final int V6_GROUPS = 8;
  private static final int MAPPED_PREFIX_BYTES = 12;

  static @Nullable IpLiteral parse(String text) {
    if (text.indexOf(':') < 0) {
      byte[] four = v4(text);
      return four == null ? null : new IpLiteral(four, leadingZero(text), false);
    }
    byte[] bytes = v6(text);
    if (bytes == null) {
      return null;
    }
    boolean zeros =
        text.indexOf('.') >= 0 && leadingZero(text.substring(text.lastIndexOf(':') + 1));
    byte[] prefix = new byte[MAPPED_PREFIX_BYTES];
    prefix[10] = -1;
    prefix[11] = -1;
    boolean mapped = Arrays.equals(prefix, Arrays.copyOf(bytes, MAPPED_PREFIX_BYTES));
    return mapped
        ? new IpLiteral(Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, V6_BYTES), true, true)
        : new IpLiteral(bytes, zeros, false);
  }

  private static boolean leadingZero(String dotted) {
    for (String part : dotted.split("\\.", -1)) {
      if (part.length() > 1 && part.startsWith("0")) {
        return true;
      }
    }
    return false;
  }

  private static byte @Nullable [] v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!parts[i].matches("[0-9]{1,8}") || Integer.parseInt(parts[i]) > 255) {
        return null;
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  private static byte @Nullable [] v6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    List<Integer> head = groups(gap < 0 ? text : text.substring(0, gap));
    List<Integer> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2));
    if (head == null || tail == null) {
      return null;
    }
    int missing = V6_GROUPS - head.size() - tail.size();
    if (gap < 0 ? missing != 0 : missing < 1) {
      return null;
    }
    List<Integer> all = new ArrayList<>(head);
    all.addAll(Collections.nCopies(missing, 0));
    all.addAll(tail);
    byte[] bytes = new byte[V6_BYTES];
    for (int i = 0; i < V6_GROUPS; i++) {
      bytes[2 * i] = (byte) (all.get(i) >> 8);
      bytes[2 * i + 1] = (byte) all.get(i).intValue();
    }
    return bytes;
  }

  private static @Nullable List<Integer> groups(String text) {
    List<Integer> groups = new ArrayList<>();
    if (text.isEmpty()) {
      return groups;
    }
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        byte[] four = v4(parts[i]);
        if (four == null) {
          return null;
        }
        groups.add((four[0] & 0xff) << 8 | (four[1] & 0xff));
        groups.add((four[2] & 0xff) << 8 | (four[3] & 0xff));
      } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
        groups.add(Integer.parseInt(parts[i], 16));
      } else {
        return null;
      }
    }
    return groups;
  }

  /** With all bits behind the first {@code prefix} cleared. */
  IpLiteral masked(int prefix) {
    byte[] cleared = bytes.clone();
    for (int bit = prefix; bit < cleared.length * Byte.SIZE; bit++) {
      cleared[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
    }
    return new IpLiteral(cleared, false, mapped);
  }

  /** As RFC 5952 writes it. */
  String text() {
    if (bytes.length == 4) {
      return (bytes[0] & 0xff)
          + "."
          + (bytes[1] & 0xff)
          + "."
          + (bytes[2] & 0xff)
          + "."
          + (bytes[3] & 0xff);
    }
    List<Integer> groups = new ArrayList<>();
    for (int i = 0; i < V6_GROUPS; i++) {
      groups.add((bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff));
    }
    int longest = 1;
    int begin = -1;
    for (int i = 0; i < V6_GROUPS; i++) {
      int end = i;
      while (end < V6_GROUPS && groups.get(end) == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        begin = i;
      }
    }
    return begin < 0
        ? hex(groups)
        : hex(groups.subList(0, begin)) + "::" + hex(groups.subList(begin + longest, V6_GROUPS));
  }

  private static String hex(List<Integer> groups) {
    return groups.stream().map(Integer::toHexString).collect(Collectors.joining(":"));
  }
}
