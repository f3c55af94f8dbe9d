package io.tiphys.node.engine;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.codec.Json;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.spec.HostAbilities;
import io.tiphys.node.engine.spec.ResourcesSpec;
import java.io.IOException;
import java.nio.file.Path;

/** Changed limits. */
final class Resources {
  private Resources() {}

  /** What holds after an update: 0 and empty leave what was. */
  static LinuxContainerResources merge(
      LinuxContainerResources old, LinuxContainerResources changed) {
    return LinuxContainerResources.builder()
        .cpuPeriod(either(changed.cpuPeriod(), old.cpuPeriod()))
        .cpuQuota(either(changed.cpuQuota(), old.cpuQuota()))
        .cpuShares(either(changed.cpuShares(), old.cpuShares()))
        .memoryLimitInBytes(either(changed.memoryLimitInBytes(), old.memoryLimitInBytes()))
        .memorySwapLimitInBytes(
            either(changed.memorySwapLimitInBytes(), old.memorySwapLimitInBytes()))
        .oomScoreAdj(either(changed.oomScoreAdj(), old.oomScoreAdj()))
        .cpusetCpus(changed.cpusetCpus().isEmpty() ? old.cpusetCpus() : changed.cpusetCpus())
        .cpusetMems(changed.cpusetMems().isEmpty() ? old.cpusetMems() : changed.cpusetMems())
        .hugepageLimits(
            changed.hugepageLimits().isEmpty() ? old.hugepageLimits() : changed.hugepageLimits())
        .unified(changed.unified().isEmpty() ? old.unified() : changed.unified())
        .build();
  }

  private static long either(long changed, long old) {
    return changed != 0 ? changed : old;
  }

  /** Puts limits into the configuration of a container that was not started yet. */
  static void intoSpec(Path folder, LinuxContainerResources resources, HostAbilities host)
      throws IOException {
    Json.Obj spec = Containers.spec(folder);
    if (!(spec.get("linux") instanceof Json.Obj linux)
        || !(linux.get("resources") instanceof Json.Obj old)) {
      throw new IOException("a configuration without resources");
    }
    Json.Obj changed = ResourcesSpec.of(resources, host).json();
    Json devices = old.get("devices");
    Json.Obj merged = devices == null ? changed : changed.with("devices", devices);
    Writing whole = Writing.object();
    spec.with("linux", linux.with("resources", merged)).members().forEach(whole::put);
    AtomicFile.writeUnsynced(folder.resolve("config.json"), whole.bytes());
  }
}
