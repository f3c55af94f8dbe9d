package io.tiphys.server.admission;

import java.util.random.RandomGenerator;

/** The random ends of generated names; apimachinery/pkg/util/rand/rand.go. */
public final class NameSuffix {
  /** No vowels and nothing that looks like one, so that no words appear. */
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private static final int LENGTH = 5;

  /** Upstream's maxGeneratedNameLength: a label's 63 minus the suffix. */
  private static final int MAX_BASE = 63 - LENGTH;

  private NameSuffix() {}

  public static String next(RandomGenerator random) {
    StringBuilder suffix = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      suffix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return suffix.toString();
  }

  /** A name that begins with {@code base}, cut to leave room for the suffix. */
  public static String generate(String base, RandomGenerator random) {
    return (base.length() > MAX_BASE ? base.substring(0, MAX_BASE) : base) + next(random);
  }
}
