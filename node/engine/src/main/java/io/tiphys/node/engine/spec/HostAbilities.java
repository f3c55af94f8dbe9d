package io.tiphys.node.engine.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process may pass on to containers.
 *
 * @param capabilities the bounding set, as a bit mask
 * @param oomScoreAdj its own; without {@code CAP_SYS_RESOURCE} no process may have a lower one
 * @param cgroupVersion 1 (hybrid included) or 2
 * @param swapAccounting whether memory and swap can be limited together
 */
public record HostAbilities(
    long capabilities, int oomScoreAdj, int cgroupVersion, boolean swapAccounting) {

  /** Those of this process on this machine. */
  public static HostAbilities current(int cgroupVersion) throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
    long bounding =
        status.stream()
            .filter(line -> line.startsWith("CapBnd:"))
            .map(line -> Long.parseUnsignedLong(line.substring("CapBnd:".length()).strip(), 16))
            .findFirst()
            .orElse(0L);
    int own = Integer.parseInt(Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
    boolean swap =
        cgroupVersion == 2
            || Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"));
    return new HostAbilities(bounding, own, cgroupVersion, swap);
  }

  boolean has(String capability) {
    int bit = CapabilitySet.NAMES.indexOf(capability);
    return bit >= 0 && (capabilities & 1L << bit) != 0;
  }

  /** The nearest to {@code wanted} that the kernel allows. */
  int allowedOomScoreAdj(long wanted) {
    long clamped = Math.clamp(wanted, -1000L, 1000L);
    return (int) (has("CAP_SYS_RESOURCE") ? clamped : Math.max(clamped, oomScoreAdj));
  }
}
