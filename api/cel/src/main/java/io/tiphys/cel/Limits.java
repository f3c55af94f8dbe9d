package io.tiphys.cel;

/** What expressions may cost in Kubernetes (apiserver/pkg/apis/cel/config.go). */
public final class Limits {
  /** One expression, evaluated once: roughly 0.1 s upstream. */
  public static final long PER_CALL = 1_000_000;

  /** All expressions of one object's validation: roughly 1 s. */
  public static final long RUNTIME_BUDGET = 10_000_000;

  /** All match conditions of one webhook or policy. */
  public static final long MATCH_CONDITIONS_BUDGET = 2_500_000;

  /** Of a request, from which follows how long a list in it can be at most. */
  public static final long MAX_REQUEST_BYTES = 3 * 1024 * 1024;

  private Limits() {}
}
