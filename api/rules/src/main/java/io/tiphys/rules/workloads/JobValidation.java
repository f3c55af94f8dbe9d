package io.tiphys.rules.workloads;

import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.pods.PodValidation;
import java.util.List;

/** What is wrong with a job's spec, alone or in a cron job; checked against validateJobSpec. */
final class JobValidation {
  private static final List<String> COMPLETION_MODES = List.of("NonIndexed", "Indexed");
  private static final List<String> REPLACEMENTS = List.of("Failed", "TerminatingOrFailed");

  /** Upstream's maxParallelismForIndexedJob and maxFailedIndexesForIndexedJob. */
  private static final int MAX_INDEXED = 100_000;

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
    checks.supported(path.child("completionMode"), spec.completionMode(), COMPLETION_MODES);
    if ("Indexed".equals(spec.completionMode())) {
      indexed();
    } else if (spec.completionMode() == null || spec.completionMode().equals("NonIndexed")) {
      notIndexed();
    }
    replacement();
    checks.addAll(PodValidation.of(spec.template(), path.child("template")));
    restarts(path.child("template", "spec", "restartPolicy"));
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
