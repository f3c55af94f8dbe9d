package io.tiphys.server.admission.podsecurity;

import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the labels of a namespace ask of its pods. Checked against PolicyToEvaluate of
 * pod-security-admission/api/helpers.go.
 *
 * @param enforce pods that do not meet it are refused
 * @param audit pods that do not meet it are told in the audit log
 * @param warn whoever writes a pod that does not meet it is warned
 * @param errors what is wrong with the labels
 */
record NamespacePolicy(
    LevelVersion enforce, LevelVersion audit, LevelVersion warn, List<FieldError> errors) {
  static final String PREFIX = "pod-security.kubernetes.io/";

  private static final NamespacePolicy DEFAULT =
      new NamespacePolicy(
          LevelVersion.PRIVILEGED, LevelVersion.PRIVILEGED, LevelVersion.PRIVILEGED, List.of());
  private static final FieldPath LABELS = FieldPath.of("metadata", "labels");

  static NamespacePolicy of(Map<String, String> labels) {
    boolean concerned = labels.keySet().stream().anyMatch(name -> name.startsWith(PREFIX));
    return concerned ? new Reader(labels).read() : DEFAULT;
  }

  boolean fullyPrivileged() {
    return enforce.level() == Level.PRIVILEGED && warnsOfNothing();
  }

  boolean warnsOfNothing() {
    return audit.level() == Level.PRIVILEGED && warn.level() == Level.PRIVILEGED;
  }

  /** Reads labels and remembers what is wrong with them. */
  private static final class Reader {
    private final Map<String, String> labels;
    private final List<FieldError> errors = new ArrayList<>();

    Reader(Map<String, String> labels) {
      this.labels = labels;
    }

    NamespacePolicy read() {
      // What cannot be read is enforced in full, and neither audited nor warned of.
      LevelVersion enforce = read("enforce", Level.RESTRICTED);
      boolean enforces = Level.parse(labels.getOrDefault(PREFIX + "enforce", "")) != null;
      LevelVersion audit = read("audit", Level.PRIVILEGED);
      LevelVersion warn = read("warn", Level.PRIVILEGED);
      boolean follows =
          enforces
              && !labels.containsKey(PREFIX + "warn")
              && enforce.level().compareTo(warn.level()) > 0;
      if (follows) {
        boolean ownVersion = labels.containsKey(PREFIX + "warn-version");
        warn = new LevelVersion(enforce.level(), ownVersion ? warn.version() : enforce.version());
      }
      return new NamespacePolicy(enforce, audit, warn, List.copyOf(errors));
    }

    private LevelVersion read(String mode, Level unreadable) {
      return new LevelVersion(
          level(PREFIX + mode, unreadable), version(PREFIX + mode + "-version"));
    }

    private Level level(String label, Level unreadable) {
      String value = labels.get(label);
      if (value == null) {
        return Level.PRIVILEGED;
      }
      Level level = Level.parse(value);
      if (level == null) {
        refuse(label, value, "must be one of privileged, baseline, restricted");
        return unreadable;
      }
      return level;
    }

    private PolicyVersion version(String label) {
      String value = labels.get(label);
      if (value == null) {
        return PolicyVersion.LATEST;
      }
      PolicyVersion version = PolicyVersion.parse(value);
      if (version == null) {
        refuse(label, value, "must be \"latest\" or \"v1.x\"");
        return PolicyVersion.LATEST;
      }
      return version;
    }

    private void refuse(String label, String value, String why) {
      errors.add(FieldError.invalid(LABELS.key(label), value, why));
    }
  }
}
