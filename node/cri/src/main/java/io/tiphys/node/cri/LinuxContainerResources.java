package io.tiphys.node.cri;

import java.util.List;
import java.util.Map;

/**
 * Limits of a container; 0 and empty leave the default.
 *
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds
 * @param unified cgroup v2 files and what to write into them
 */
public record LinuxContainerResources(
    long cpuPeriod,
    long cpuQuota,
    long cpuShares,
    long memoryLimitInBytes,
    long memorySwapLimitInBytes,
    long oomScoreAdj,
    String cpusetCpus,
    String cpusetMems,
    List<HugepageLimit> hugepageLimits,
    Map<String, String> unified) {
  public static final LinuxContainerResources EMPTY =
      new LinuxContainerResources(0, 0, 0, 0, 0, 0, "", "", List.of(), Map.of());

  public LinuxContainerResources {
    hugepageLimits = List.copyOf(hugepageLimits);
    unified = Map.copyOf(unified);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.cpuPeriod = cpuPeriod;
    b.cpuQuota = cpuQuota;
    b.cpuShares = cpuShares;
    b.memoryLimitInBytes = memoryLimitInBytes;
    b.memorySwapLimitInBytes = memorySwapLimitInBytes;
    b.oomScoreAdj = oomScoreAdj;
    b.cpusetCpus = cpusetCpus;
    b.cpusetMems = cpusetMems;
    b.hugepageLimits = hugepageLimits;
    b.unified = unified;
    return b;
  }

  /** Builds a {@link LinuxContainerResources} field by field. */
  public static final class Builder {
    private long cpuPeriod;
    private long cpuQuota;
    private long cpuShares;
    private long memoryLimitInBytes;
    private long memorySwapLimitInBytes;
    private long oomScoreAdj;
    private String cpusetCpus = "";
    private String cpusetMems = "";
    private List<HugepageLimit> hugepageLimits = List.of();
    private Map<String, String> unified = Map.of();

    private Builder() {}

    public Builder cpuPeriod(long value) {
      this.cpuPeriod = value;
      return this;
    }

    public Builder cpuQuota(long value) {
      this.cpuQuota = value;
      return this;
    }

    public Builder cpuShares(long value) {
      this.cpuShares = value;
      return this;
    }

    public Builder memoryLimitInBytes(long value) {
      this.memoryLimitInBytes = value;
      return this;
    }

    public Builder memorySwapLimitInBytes(long value) {
      this.memorySwapLimitInBytes = value;
      return this;
    }

    public Builder oomScoreAdj(long value) {
      this.oomScoreAdj = value;
      return this;
    }

    public Builder cpusetCpus(String value) {
      this.cpusetCpus = value;
      return this;
    }

    public Builder cpusetMems(String value) {
      this.cpusetMems = value;
      return this;
    }

    public Builder hugepageLimits(List<HugepageLimit> value) {
      this.hugepageLimits = value;
      return this;
    }

    public Builder unified(Map<String, String> value) {
      this.unified = value;
      return this;
    }

    public LinuxContainerResources build() {
      return new LinuxContainerResources(
          cpuPeriod,
          cpuQuota,
          cpuShares,
          memoryLimitInBytes,
          memorySwapLimitInBytes,
          oomScoreAdj,
          cpusetCpus,
          cpusetMems,
          hugepageLimits,
          unified);
    }
  }
}
