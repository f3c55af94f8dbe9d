package io.tiphys.server.admission.podsecurity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds pods against a level in a version. Checked against
 * pod-security-admission/policy/registry.go.
 */
final class Evaluator {
  private final List<Check> checks;

  /** From this version on nothing has changed. */
  private final long newest;

  private Evaluator(List<Check> checks) {
    this.checks = checks;
    newest =
        checks.stream()
            .flatMap(check -> check.revisions().stream())
            .mapToLong(Check.Revision::sinceMinor)
            .max()
            .orElse(0);
  }

  static Evaluator standard() {
    List<Check> checks = new ArrayList<>(BaselineChecks.ALL);
    checks.addAll(RestrictedChecks.ALL);
    checks.sort(Comparator.comparing(Check::level).thenComparing(Check::id));
    return new Evaluator(List.copyOf(checks));
  }

  /** What the pod does not meet, in upstream's order. */
  List<Finding> evaluate(LevelVersion wanted, Candidate pod) {
    if (wanted.level() == Level.PRIVILEGED) {
      return List.of();
    }
    PolicyVersion version = wanted.version();
    long minor = version.latest() ? newest : Math.min(version.minor(), newest);
    List<Finding> findings = new ArrayList<>();
    Set<String> overridden = overridden(wanted.level(), minor);
    for (Check check : checks) {
      Check.Revision revision = check.at(minor);
      boolean counts =
          check.level().compareTo(wanted.level()) <= 0 && !overridden.contains(check.id());
      Finding finding = counts && revision != null ? revision.test().look(pod) : null;
      if (finding != null) {
        findings.add(finding);
      }
    }
    return findings;
  }

  private Set<String> overridden(Level level, long minor) {
    Set<String> overridden = new HashSet<>();
    if (level == Level.RESTRICTED) {
      for (Check check : checks) {
        Check.Revision revision = check.at(minor);
        if (revision != null) {
          overridden.addAll(revision.overrides());
        }
      }
    }
    return overridden;
  }
}
