package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupsTest {
  @TempDir Path folder;

  @Test
  void knowsTheVersions() {
    Mount v2 = Mount.parse("25 24 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
    Mount cpu = Mount.parse("33 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct");
    Mount unified = Mount.parse("41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");
    assertThat(Cgroups.detect(List.of(v2)).orElseThrow().version()).isEqualTo(2);
    Cgroups hybrid = Cgroups.detect(List.of(cpu, unified)).orElseThrow();
    assertThat(hybrid.version()).isEqualTo(1);
    assertThat(hybrid.folders("/argo"))
        .containsExactly(
            Path.of("/sys/fs/cgroup/cpu/argo"), Path.of("/sys/fs/cgroup/unified/argo"));
    assertThat(Cgroups.detect(List.of())).isEmpty();
  }

  @Test
  void limitsMeasuresAndKills() throws Exception {
    Root.assumeRoot();
    Cgroups cgroups = Cgroups.detect().orElseThrow();
    String parent = "/tiphys-test-" + ProcessHandle.current().pid();
    String cgroup = parent + "/pod1";
    cgroups.create(cgroup, new CgroupLimits(512, 50_000, 0, 64 << 20, 100));
    Process sleep = new ProcessBuilder("sleep", "1000").start();
    Loops loops = new Loops(new SystemClock(), new Random(1));
    try (ExitWatcher watcher = ExitWatcher.open(loops)) {
      CountDownLatch ended = new CountDownLatch(1);
      watcher.watch((int) sleep.pid(), ended::countDown);
      for (Path each : cgroups.folders(cgroup)) {
        if (Files.isDirectory(each)) {
          Files.writeString(each.resolve("cgroup.procs"), "" + sleep.pid());
        }
      }
      assertThat(cgroups.processes(parent)).containsExactly((int) sleep.pid());
      assertThat(cgroups.children(parent)).containsExactly("pod1");
      CgroupUsage usage = cgroups.usage(cgroup).orElseThrow();
      assertThat(usage.pids()).isEqualTo(1);
      assertThat(usage.oomKills()).isZero();
      assertThatThrownBy(() -> cgroups.delete(parent))
          .isInstanceOfSatisfying(
              LinuxFailure.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));

      assertThat(cgroups.killAll(parent)).isEqualTo(1);
      assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(cgroups.killAll(parent)).isZero();
    } finally {
      sleep.destroyForcibly().waitFor();
      cgroups.delete(parent);
    }
    assertThat(cgroups.exists(parent)).isFalse();
    assertThat(cgroups.usage(cgroup)).isEmpty();
    cgroups.delete(parent);
  }

  /** Ordinary files stand in for a v2 hierarchy where the kernel has v1. */
  @Test
  void handsControllersDownInVersion2() throws IOException {
    Files.writeString(folder.resolve("cgroup.controllers"), "cpuset cpu io memory pids rdma\n");
    Files.writeString(folder.resolve("cgroup.subtree_control"), "cpuset cpu io memory\n");
    Cgroups cgroups = new CgroupsV2(folder);
    cgroups.create("/pod1", new CgroupLimits(1024, 50_000, 100_000, -1, 7));
    assertThat(folder.resolve("cgroup.subtree_control")).hasContent("+pids");
    Path pod = folder.resolve("pod1");
    assertThat(pod.resolve("cpu.weight")).hasContent("39");
    assertThat(pod.resolve("cpu.max")).hasContent("50000 100000");
    assertThat(pod.resolve("memory.max")).hasContent("max");
    assertThat(pod.resolve("pids.max")).hasContent("7");

    Files.writeString(pod.resolve("cpu.stat"), "usage_usec 5\nuser_usec 3\n");
    Files.writeString(pod.resolve("memory.current"), "1000\n");
    Files.writeString(pod.resolve("memory.stat"), "anon 300\nfile 700\ninactive_file 400\n");
    Files.writeString(pod.resolve("memory.events"), "oom 2\noom_kill 1\n");
    Files.writeString(pod.resolve("pids.current"), "3\n");
    assertThat(cgroups.usage("/pod1")).contains(new CgroupUsage(5000, 1000, 600, 300, 3, 1));
  }
}
