package io.tiphys.store;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * The order of keys: unsigned bytes of their UTF-8 form. {@link String#compareTo} differs from it,
 * because UTF-16 puts characters beyond the basic plane before U+E000.
 */
public final class KeyOrder {
  /** Compares keys as their UTF-8 bytes do. */
  public static final Comparator<String> COMPARATOR = KeyOrder::compare;

  private KeyOrder() {}

  static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return rank(x) - rank(y);
      }
    }
    return a.length() - b.length();
  }

  /** Whether {@code from <= key < to}. */
  public static boolean contains(String from, String to, String key) {
    return compare(from, key) <= 0 && compare(key, to) < 0;
  }

  /**
   * Refuses what could not be told apart from another key once stored.
   *
   * @throws IllegalArgumentException for an empty key or one with half a surrogate pair
   */
  public static String checked(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a key must not be empty");
    }
    if (!isPlain(key) && !StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      throw new IllegalArgumentException("a key must be valid Unicode: " + key);
    }
    return key;
  }

  private static boolean isPlain(String key) {
    for (int i = 0; i < key.length(); i++) {
      if (Character.isSurrogate(key.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Moves surrogates, which stand for code points of four bytes, behind all other characters. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }
}
