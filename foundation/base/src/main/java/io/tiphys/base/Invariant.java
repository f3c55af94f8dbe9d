package io.tiphys.base;

/** Laws that only a programming error can break; checked in production too. */
public final class Invariant {
  private Invariant() {}

  /**
   * @throws IllegalStateException naming the broken {@code law}
   */
  public static void check(boolean holds, String law) {
    if (!holds) {
      throw new IllegalStateException("broken invariant: " + law);
    }
  }
}
