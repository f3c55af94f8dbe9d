package io.tiphys.linux;

/**
 * What the processes of a cgroup may use together; 0 leaves a limit as the kernel set it.
 *
 * @param cpuShares the weight against siblings, 2 to 262144; 1024 is one CPU's worth
 * @param cpuQuotaMicros CPU time per period; -1 for no quota
 * @param cpuPeriodMicros the period that the quota is for; 0 means 100,000
 * @param memoryBytes memory; -1 for no limit
 * @param pids processes and threads; -1 for no limit
 */
public record CgroupLimits(
    long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros, long memoryBytes, long pids) {
  public static final CgroupLimits NONE = new CgroupLimits(0, 0, 0, 0, 0);

  /** The kernel's own period, also the default of Kubernetes. */
  static final long DEFAULT_PERIOD_MICROS = 100_000;

  long periodMicros() {
    return cpuPeriodMicros > 0 ? cpuPeriodMicros : DEFAULT_PERIOD_MICROS;
  }

  /** The weight in cgroup v2's range of 1 to 10000, by the OCI runtimes' formula. */
  long cpuWeight() {
    return 1 + (cpuShares - 2) * 9999 / 262142;
  }
}
