package io.tiphys.server.admission.podsecurity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One demand of the standards, in all its versions.
 *
 * @param id by these the checks of a level are ordered
 * @param level restricted pods meet those of the baseline too
 * @param revisions the oldest first
 */
record Check(String id, Level level, List<Revision> revisions) {

  /** Looks at a pod. */
  @FunctionalInterface
  interface Test {
    /** What is wrong; null if nothing is. */
    @Nullable Finding look(Candidate pod);
  }

  /**
   * A check as it is from one version on.
   *
   * @param overrides checks of the baseline that this one makes superfluous
   */
  record Revision(long sinceMinor, Test test, List<String> overrides) {}

  static Check baseline(String id, Revision... revisions) {
    return new Check(id, Level.BASELINE, List.of(revisions));
  }

  static Check restricted(String id, Revision... revisions) {
    return new Check(id, Level.RESTRICTED, List.of(revisions));
  }

  static Revision since(long minor, Test test, String... overrides) {
    return new Revision(minor, test, List.of(overrides));
  }

  /** The revision that a version has; null if it has none yet. */
  @Nullable Revision at(long minor) {
    Revision found = null;
    for (Revision revision : revisions) {
      if (revision.sinceMinor <= minor) {
        found = revision;
      }
    }
    return found;
  }
}
