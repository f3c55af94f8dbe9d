package io.tiphys.rules.workloads;

import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.pods.PodValidation;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is wrong with a job's spec, alone or in a cron job; checked against validateJobSpec. */
final class JobValidation {
  private static final List<String> COMPLETION_MODES = List.of("NonIndexed", "Indexed");
  private static final List<String> REPLACEMENTS = List.of("Failed", "TerminatingOrFailed");

  /** Upstream's maxParallelismForIndexedJob, maxFailedIndexesForIndexedJob and the like. */
  private static final int MAX_INDEXED = 100_000;

  /** Upstream's limits of parallelism and failed indexes when there are more completions. */
  private static final int MAX_OF_MANY = 10_000;

  /** Upstream's maxManagedByLength. */
  private static final int MAX_MANAGED_BY_LENGTH = 63;

  private final Checks checks;
  private final JobSpec spec;
  private final FieldPath path;

  JobValidation(Checks checks, JobSpec spec, FieldPath path) {
    this.checks = checks;
    this.spec = spec;
    this.path = path;
  }

  void check() {
    checks.notNegative(path.child("parallelism"), spec.parallelism());
    checks.notNegative(path.child("completions"), spec.completions());
    checks.notNegative(path.child("activeDeadlineSeconds"), spec.activeDeadlineSeconds());
    checks.notNegative(path.child("backoffLimit"), spec.backoffLimit());
    checks.notNegative(path.child("ttlSecondsAfterFinished"), spec.ttlSecondsAfterFinished());
    checks.notNegative(path.child("backoffLimitPerIndex"), spec.backoffLimitPerIndex());
    checks.notNegative(path.child("maxFailedIndexes"), spec.maxFailedIndexes());
    if (spec.maxFailedIndexes() != null && spec.backoffLimitPerIndex() == null) {
      checks.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
    managedBy();
    checks.supported(path.child("completionMode"), spec.completionMode(), COMPLETION_MODES);
    if ("Indexed".equals(spec.completionMode())) {
      indexed();
    } else if (spec.completionMode() == null || spec.completionMode().equals("NonIndexed")) {
      notIndexed();
    }
    JobPolicyValidation policies = new JobPolicyValidation(checks, spec);
    if (spec.podFailurePolicy() != null) {
      policies.failure(spec.podFailurePolicy(), path.child("podFailurePolicy"));
    }
    if (spec.successPolicy() != null) {
      policies.success(spec.successPolicy(), path.child("successPolicy"));
    }
    replacement();
    checks.addAll(PodValidation.of(spec.template(), path.child("template")));
    restarts(path.child("template", "spec", "restartPolicy"));
  }

  private void managedBy() {
    String manager = spec.managedBy();
    if (manager == null) {
      return;
    }
    FieldPath at = path.child("managedBy");
    checks.domainPrefixedPath(at, manager);
    if (manager.getBytes(StandardCharsets.UTF_8).length > MAX_MANAGED_BY_LENGTH) {
      checks.add(FieldError.tooLong(at, MAX_MANAGED_BY_LENGTH));
    }
  }

  private void indexed() {
    if (spec.completions() == null) {
      checks.required(path.child("completions"), "when completion mode is Indexed");
    }
    if (spec.parallelism() != null && spec.parallelism() > MAX_INDEXED) {
      checks.invalid(
          path.child("parallelism"),
          spec.parallelism(),
          "must be less than or equal to 100000 when completion mode is Indexed");
    }
    if (spec.completions() != null
        && spec.maxFailedIndexes() != null
        && spec.maxFailedIndexes() > spec.completions()) {
      checks.invalid(
          path.child("maxFailedIndexes"),
          spec.maxFailedIndexes(),
          "must be less than or equal to completions");
    }
    if (spec.maxFailedIndexes() != null && spec.maxFailedIndexes() > MAX_INDEXED) {
      checks.invalid(
          path.child("maxFailedIndexes"),
          spec.maxFailedIndexes(),
          "must be less than or equal to " + MAX_INDEXED);
    }
    boolean many = spec.completions() != null && spec.completions() > MAX_INDEXED;
    if (many && spec.backoffLimitPerIndex() != null) {
      manyIndexes();
    }
  }

  /** Which indexes failed is kept, so that of many only some may. */
  private void manyIndexes() {
    String limit =
        "must be less than or equal to %d when completions are above %d and used with backoff limit per index"
            .formatted(MAX_OF_MANY, MAX_INDEXED);
    if (spec.maxFailedIndexes() == null) {
      checks.required(
          path.child("maxFailedIndexes"),
          "must be specified when completions is above " + MAX_INDEXED);
    }
    if (spec.parallelism() != null && spec.parallelism() > MAX_OF_MANY) {
      checks.invalid(path.child("parallelism"), spec.parallelism(), limit);
    }
    if (spec.maxFailedIndexes() != null && spec.maxFailedIndexes() > MAX_OF_MANY) {
      checks.invalid(path.child("maxFailedIndexes"), spec.maxFailedIndexes(), limit);
    }
  }

  private void notIndexed() {
    if (spec.backoffLimitPerIndex() != null) {
      checks.invalid(
          path.child("backoffLimitPerIndex"),
          spec.backoffLimitPerIndex(),
          "requires indexed completion mode");
    }
    if (spec.maxFailedIndexes() != null) {
      checks.invalid(
          path.child("maxFailedIndexes"),
          spec.maxFailedIndexes(),
          "requires indexed completion mode");
    }
  }

  private void replacement() {
    FieldPath at = path.child("podReplacementPolicy");
    String policy = spec.podReplacementPolicy();
    if (spec.podFailurePolicy() == null) {
      checks.supported(at, policy, REPLACEMENTS);
    } else {
      checks.supported(at, policy, REPLACEMENTS.subList(0, 1));
    }
  }

  private void restarts(FieldPath at) {
    String policy = spec.template().spec().restartPolicy();
    switch (policy) {
      case "", "Always" -> checks.required(at, "valid values: \"OnFailure\", \"Never\"");
      case "OnFailure" -> {
        if (spec.podFailurePolicy() != null) {
          checks.invalid(
              at, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
      }
      case "Never" -> {} // always fine
      default -> checks.add(FieldError.notSupported(at, policy, List.of("OnFailure", "Never")));
    }
  }
}
