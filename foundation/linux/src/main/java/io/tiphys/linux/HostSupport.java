package io.tiphys.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether this host can run containers.
 *
 * @param reasons why not, each a sentence for people; empty if it can
 */
public record HostSupport(List<String> reasons) {
  public HostSupport {
    reasons = List.copyOf(reasons);
  }

  public boolean runsContainers() {
    return reasons.isEmpty();
  }

  /** Asks the kernel: system, capabilities, a trial namespace, cgroups. Leaves nothing behind. */
  public static HostSupport probe() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return new HostSupport(
          List.of("containers need Linux, this is " + System.getProperty("os.name")));
    }
    Set<Capabilities.Capability> missing =
        Capabilities.current().missing(Capabilities.FOR_CONTAINERS);
    if (!missing.isEmpty()) {
      return new HostSupport(
          List.of("containers need root: this process lacks the capabilities " + missing));
    }
    List<String> reasons = new ArrayList<>();
    try {
      Namespaces.tryUnshare();
    } catch (LinuxFailure e) {
      reasons.add("the kernel makes no namespaces: " + e.getMessage());
    }
    if (Cgroups.detect().isEmpty()) {
      reasons.add("no cgroup hierarchy is mounted below /sys/fs/cgroup");
    }
    return new HostSupport(reasons);
  }
}
