package io.tiphys.node.engine.spec;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.engine.document.Writing;

/** The {@code resources} of an OCI configuration; also what {@code update} takes. */
public final class ResourcesSpec {
  private ResourcesSpec() {}

  /** Limits in OCI's words, without what this host's cgroups do not know. */
  public static Writing of(LinuxContainerResources wanted, HostAbilities host) {
    Writing memory = Writing.object().putUnlessZero("limit", wanted.memoryLimitInBytes());
    if (host.swapAccounting()) {
      memory.putUnlessZero("swap", wanted.memorySwapLimitInBytes());
    }
    Writing cpu =
        Writing.object()
            .putUnlessZero("shares", wanted.cpuShares())
            .putUnlessZero("quota", wanted.cpuQuota())
            .putUnlessZero("period", wanted.cpuPeriod())
            .putUnlessEmpty("cpus", wanted.cpusetCpus())
            .putUnlessEmpty("mems", wanted.cpusetMems());
    Writing resources =
        Writing.object()
            .putUnlessEmpty("memory", memory)
            .putUnlessEmpty("cpu", cpu)
            .list(
                "hugepageLimits",
                wanted.hugepageLimits().stream().filter(h -> h.limit() > 0).toList(),
                limit ->
                    Writing.object()
                        .put("pageSize", limit.pageSize())
                        .put("limit", limit.limit())
                        .json());
    return host.cgroupVersion() == 2 ? resources.texts("unified", wanted.unified()) : resources;
  }

  static Json deviceRule(boolean allow, String access) {
    return Writing.object().put("allow", allow).put("access", access).json();
  }

  static Json deviceRule(DevicesSpec.Node device) {
    return Writing.object()
        .put("allow", true)
        .put("type", device.type())
        .put("major", device.file().major())
        .put("minor", device.file().minor())
        .put("access", device.access())
        .json();
  }
}
