package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.linux.Mounts;
import io.tiphys.node.cri.Capability;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerEventType;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.LinuxContainerConfig;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxPodSandboxConfig;
import io.tiphys.node.cri.LinuxSandboxSecurityContext;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.SecurityProfile;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real containers on the real kernel; skipped, saying why, where there can be none. */
class ContainerLifeTest {
  private static final String IMAGE = "test/busybox:1";
  private static final Duration NO_LIMIT = Duration.ZERO;

  @TempDir static Path folder;
  private static Engine engine;
  private static RuntimeService runtime;
  private PodSandboxConfig pod;
  private String sandbox;

  @BeforeAll
  static void open() throws IOException {
    Optional<String> whyNot = TestEngine.whyNot(folder.resolve("probe"));
    assumeTrue(whyNot.isEmpty(), () -> "no containers here: " + whyNot.orElse(""));
    engine = TestEngine.open(folder.resolve("engine"));
    runtime = engine.runtime();
    Path archive = folder.resolve("image.tar");
    OciImageBuilder.busybox(IMAGE).writeOciArchive(archive);
    engine.loadImages(archive, null);
  }

  @AfterAll
  static void destroy() throws IOException {
    if (engine != null) {
      engine.close();
      EngineConfig config = TestEngine.config(folder.resolve("engine"));
      Engine.destroyAll(config, TestEngine.dependencies());
      assertThat(config.root()).doesNotExist();
      assertThat(Mounts.list()).noneMatch(m -> m.target().startsWith(folder));
      TestEngine.awaitNoProcessOf(folder.toString());
      assertThat(Path.of("/sys/fs/cgroup/memory/tiphys-test")).doesNotExist();
      assertThat(Path.of("/sys/fs/cgroup/tiphys-test")).doesNotExist();
    }
  }

  @BeforeEach
  void makeSandbox() {
    pod = TestEngine.sandbox("pod", folder.resolve("logs"), "/tiphys-test/pod");
    sandbox = runtime.runPodSandbox(pod, "");
  }

  @AfterEach
  void removeSandbox() {
    if (sandbox != null) {
      runtime.removePodSandbox(sandbox);
      assertThat(runtime.listPodSandbox(PodSandboxFilter.EMPTY)).isEmpty();
      assertThat(runtime.listContainers(ContainerFilter.EMPTY)).isEmpty();
    }
  }

  private String start(ContainerConfig config) {
    String id = runtime.createContainer(sandbox, config, pod);
    runtime.startContainer(id);
    return id;
  }

  private String start(String script) {
    return start(TestEngine.shell("main", IMAGE, script).build());
  }

  private static ContainerStatus ended(String id) throws InterruptedException {
    try (ContainerEventStream events = runtime.getContainerEvents()) {
      while (runtime.containerStatus(id).state() != ContainerState.CONTAINER_EXITED) {
        events.next();
      }
    }
    return runtime.containerStatus(id);
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("logs/main.log"));
  }

  private static String out(ExecSyncResponse response) {
    return new String(response.stdout(), StandardCharsets.UTF_8);
  }

  /** Longer than PATH_MAX: only step by step, each from an open folder, does one get there. */
  @Test
  void whateverAContainerNestedIsRemovedWithIt() throws Exception {
    String id =
        start(
            "n=$(printf 'n%.0s' $(seq 200)); d=$n; for i in $(seq 14); do d=$d/$n; done;"
                + " mkdir -p a/$d b/$d && mv b a/$d && ln -s /proc a/link");
    assertThat(ended(id).exitCode()).isZero();
    Path own = folder.resolve("engine/containers").resolve(id);
    assertThat(own).isDirectory();
    runtime.removeContainer(id);
    assertThat(own).doesNotExist();
    Files.delete(folder.resolve("logs/main.log"));
  }

  @Test
  void runsWritesItsLogAndTellsItsExitCode() throws Exception {
    String id = start("echo hello; echo oops >&2; exit 3");
    ContainerStatus status = ended(id);
    assertThat(status.exitCode()).isEqualTo(3);
    assertThat(status.reason()).isEqualTo("Error");
    assertThat(status.startedAt()).isNotNull();
    assertThat(status.finishedAt()).isNotNull();
    assertThat(log()).containsPattern(".* stdout F hello\n").containsPattern(".* stderr F oops\n");
    Files.delete(folder.resolve("logs/main.log"));
  }

  @Test
  void seesItsOwnWorld() throws Exception {
    Path data = folder.resolve("data");
    Files.createDirectories(data.resolve("in"));
    ContainerConfig config =
        TestEngine.shell(
                "main",
                IMAGE,
                "hostname; id; pwd; echo $A; ls /proc/1/exe; cat /etc/hostname; ls -ld / /tmp;"
                    + " touch /x && echo writable; mount | grep -c overlay; ls /data; echo"
                    + " $HOSTNAME")
            .envs(List.of(new io.tiphys.node.cri.KeyValue("A", "b c")))
            .workingDir("/var")
            .mounts(List.of(Mount.of(data.toString(), "/data")))
            .linux(
                new LinuxContainerConfig(
                    LinuxContainerResources.builder().oomScoreAdj(-998).build(),
                    LinuxContainerSecurityContext.builder()
                        .namespaceOptions(TestEngine.NAMESPACES)
                        .runAsUser(1000L)
                        .supplementalGroups(List.of(3000L))
                        .build()))
            .build();
    ended(start(config));
    List<String> lines = log().lines().map(l -> l.split(" ", 4)[3]).toList();
    assertThat(lines.get(0)).isEqualTo("pod");
    assertThat(lines.get(1))
        .isEqualTo("uid=1000(app) gid=1001(app) groups=1001(app),2000(extra),3000");
    assertThat(lines.get(2)).isEqualTo("/var");
    assertThat(lines.get(3)).isEqualTo("b c");
    assertThat(lines).contains("in", "touch: /x: Permission denied");
    assertThat(lines).filteredOn("pod"::equals).hasSize(3);
    Files.delete(folder.resolve("logs/main.log"));
  }

  @Test
  void execsAndTellsWhatCameOfIt() throws Exception {
    String id = start("sleep 1000");
    ExecSyncResponse response =
        runtime.execSync(id, List.of("/bin/sh", "-c", "echo out; echo err >&2; exit 7"), NO_LIMIT);
    assertThat(out(response)).isEqualTo("out\n");
    assertThat(new String(response.stderr(), StandardCharsets.UTF_8)).isEqualTo("err\n");
    assertThat(response.exitCode()).isEqualTo(7);
    assertThatThrownBy(() -> runtime.execSync(id, List.of("nothing-such"), NO_LIMIT))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("executable file not found in $PATH");
    assertThatThrownBy(() -> runtime.execSync(id, List.of("sleep", "50"), Duration.ofMillis(300)))
        .isInstanceOfSatisfying(
            CriException.class,
            e -> assertThat(e.code()).isEqualTo(CriException.Code.DEADLINE_EXCEEDED));
    assertThat(out(runtime.execSync(id, List.of("ps"), NO_LIMIT))).doesNotContain("sleep 50");
  }

  @Test
  void stopsByTheSignalAndKillsWhoIgnoresIt() throws Exception {
    String polite = start("trap 'exit 9' TERM; while :; do sleep 0.05; done");
    awaitRunningShell(polite);
    runtime.stopContainer(polite, Duration.ofSeconds(30));
    assertThat(runtime.containerStatus(polite).exitCode()).isEqualTo(9);
    runtime.removeContainer(polite);
    String stubborn = start("trap '' TERM; while :; do sleep 0.05; done");
    awaitRunningShell(stubborn);
    runtime.stopContainer(stubborn, Duration.ofMillis(100));
    assertThat(runtime.containerStatus(stubborn).exitCode()).isEqualTo(137);
  }

  /** The shell has set its trap once it sleeps. */
  private static void awaitRunningShell(String id) {
    while (!out(runtime.execSync(id, List.of("ps"), NO_LIMIT)).contains("sleep 0.05")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void saysWhenMemoryRanOut() throws Exception {
    ContainerConfig config =
        TestEngine.shell("main", IMAGE, "tail /dev/zero")
            .linux(
                TestEngine.linux(
                    LinuxContainerResources.builder().memoryLimitInBytes(32L << 20).build()))
            .build();
    ContainerStatus status = ended(start(config));
    assertThat(status.exitCode()).isEqualTo(137);
    assertThat(status.reason()).isEqualTo("OOMKilled");
  }

  @Test
  void saysWhyItCouldNotStart() {
    ContainerConfig config =
        TestEngine.shell("main", IMAGE, "").command(List.of("/no/such")).build();
    String id = runtime.createContainer(sandbox, config, pod);
    assertThatThrownBy(() -> runtime.startContainer(id))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("/no/such")
        .hasMessageContaining("no such file or directory");
    ContainerStatus status = runtime.containerStatus(id);
    assertThat(status.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status.reason()).isEqualTo("StartError");
    assertThat(status.exitCode()).isEqualTo(128);
  }

  @Test
  void tellsWhatHappensInOrder() throws Exception {
    try (ContainerEventStream events = runtime.getContainerEvents()) {
      String id = start("true");
      ended(id);
      runtime.removeContainer(id);
      for (ContainerEventType type : ContainerEventType.values()) {
        ContainerEvent event = events.next();
        assertThat(event).isNotNull().extracting(ContainerEvent::type).isEqualTo(type);
        assertThat(event).extracting(ContainerEvent::containerId).isEqualTo(id);
      }
    }
  }

  @Test
  void changesLimitsAndMeasures() throws Exception {
    String id = start("sleep 1000");
    runtime.updateContainerResources(
        id, LinuxContainerResources.builder().memoryLimitInBytes(64L << 20).build());
    assertThat(runtime.containerStatus(id).resources().memoryLimitInBytes()).isEqualTo(64L << 20);
    assertThat(runtime.containerStats(id).memory())
        .isNotNull()
        .satisfies(m -> assertThat(m.usageBytes()).isPositive())
        .satisfies(m -> assertThat(m.availableBytes()).isLessThanOrEqualTo(64L << 20));
  }

  @Test
  void reopensARenamedLog() throws Exception {
    String id = start("while :; do echo tick; sleep 0.02; done");
    Path log = folder.resolve("logs/main.log");
    Files.move(log, folder.resolve("logs/main.log.1"));
    runtime.reopenContainerLog(id);
    assertThat(log).exists();
    while (Files.size(log) == 0) {
      Thread.onSpinWait();
    }
  }

  private List<String> saysUnder(LinuxContainerSecurityContext.Builder security, String script)
      throws Exception {
    ContainerConfig config =
        TestEngine.shell("main", IMAGE, script)
            .linux(
                new LinuxContainerConfig(
                    LinuxContainerResources.EMPTY,
                    security.namespaceOptions(TestEngine.NAMESPACES).build()))
            .build();
    String id = start(config);
    ended(id);
    runtime.removeContainer(id);
    List<String> lines = log().lines().map(l -> l.split(" ", 4)[3]).toList();
    Files.delete(folder.resolve("logs/main.log"));
    return lines;
  }

  @Test
  void holdsContainersBackAsMuchAsAskedFor() throws Exception {
    String caps = "grep CapEff /proc/self/status | cut -f2";
    assertThat(
            saysUnder(
                LinuxContainerSecurityContext.builder()
                    .capabilities(new Capability(List.of("NET_RAW"), List.of("ALL"), List.of()))
                    .readonlyRootfs(true)
                    .noNewPrivs(true),
                caps + "; touch /x; grep NoNewPrivs /proc/self/status | cut -f2"))
        .containsExactlyInAnyOrder("0000000000002000", "touch: /x: Read-only file system", "1");
    assertThat(saysUnder(LinuxContainerSecurityContext.builder(), "mkdir /m; mount -t tmpfs t /m"))
        .anyMatch(line -> line.contains("permission denied"));
    assertThat(
            saysUnder(
                LinuxContainerSecurityContext.builder()
                    .seccomp(new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "")),
                "grep '^Seccomp:' /proc/self/status | cut -f2; ls / > /dev/null && echo fine"))
        .containsExactly("2", "fine");
    assertThat(
            saysUnder(
                LinuxContainerSecurityContext.builder().privileged(true),
                "mkdir /m && mount -t tmpfs t /m && echo mounted; ls /dev/kmsg"))
        .containsExactly("mounted", "/dev/kmsg");
  }

  @Test
  void containersOfAPodMaySeeOneAnother() throws Exception {
    runtime.removePodSandbox(sandbox);
    NamespaceOption shared =
        new NamespaceOption(NamespaceMode.POD, NamespaceMode.POD, NamespaceMode.POD, "");
    pod =
        pod.toBuilder()
            .linux(
                new LinuxPodSandboxConfig(
                    "/tiphys-test/pod",
                    new LinuxSandboxSecurityContext(shared, null, null, false, List.of(), false),
                    Map.of(),
                    LinuxContainerResources.EMPTY,
                    LinuxContainerResources.EMPTY))
            .build();
    sandbox = runtime.runPodSandbox(pod, "");
    LinuxContainerConfig linux =
        new LinuxContainerConfig(
            LinuxContainerResources.EMPTY,
            LinuxContainerSecurityContext.builder().namespaceOptions(shared).build());
    String first = start(TestEngine.shell("first", IMAGE, "sleep 1111").linux(linux).build());
    String second = start(TestEngine.shell("second", IMAGE, "sleep 2222").linux(linux).build());
    assertThat(out(runtime.execSync(second, List.of("ps"), NO_LIMIT)))
        .contains("sleep 1111", "sleep 2222", "keeper-" + sandbox);
    runtime.stopContainer(first, NO_LIMIT);
    assertThat(runtime.containerStatus(first).exitCode()).isEqualTo(137);
    assertThat(out(runtime.execSync(second, List.of("ps"), NO_LIMIT)))
        .contains("sleep 2222")
        .doesNotContain("sleep 1111");
    runtime.removePodSandbox(sandbox);
    TestEngine.awaitNoProcessOf("keeper-" + sandbox);
  }
}
