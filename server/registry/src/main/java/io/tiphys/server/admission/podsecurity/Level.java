package io.tiphys.server.admission.podsecurity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much is asked of pods, from nothing to everything. */
enum Level {
  PRIVILEGED,
  BASELINE,
  RESTRICTED;

  /** The level of that name, or null. */
  static @Nullable Level parse(String name) {
    for (Level level : values()) {
      if (level.toString().equals(name)) {
        return level;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
