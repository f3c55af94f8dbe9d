package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.linux.Mounts;
import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TestEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine dies and another takes its place. */
class AdoptionTest {
  private static final String IMAGE = "test/busybox:1";

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void require() {
    Optional<String> whyNot = TestEngine.whyNot(folder.resolve("probe"));
    assumeTrue(whyNot.isEmpty(), () -> "no containers here: " + whyNot.orElse(""));
    root = folder.resolve("engine");
  }

  @AfterEach
  void destroy() throws IOException {
    if (root != null) {
      Engine.destroyAll(TestEngine.config(root), TestEngine.dependencies());
      assertThat(root).doesNotExist();
      assertThat(Mounts.list()).noneMatch(m -> m.target().startsWith(folder));
      TestEngine.awaitNoProcessOf(root.toString());
    }
  }

  /** The life of an engine that is killed; run in a JVM of its own by the test. */
  public static final class ShortLife {
    private ShortLife() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      Engine engine = TestEngine.open(folder.resolve("engine"));
      prepare(engine, folder);
      System.out.println("running");
      System.in.read(); // Until it is killed.
    }
  }

  /** Three containers: one that runs on, one that ends meanwhile, one that was only created. */
  private static void prepare(Engine engine, Path folder) throws IOException {
    Path archive = folder.resolve("image.tar");
    OciImageBuilder.busybox(IMAGE).writeOciArchive(archive);
    engine.loadImages(archive, null);
    RuntimeService runtime = engine.runtime();
    PodSandboxConfig pod = TestEngine.sandbox("pod", folder.resolve("logs"), "/tiphys-adopt/pod");
    String sandbox = runtime.runPodSandbox(pod, "");
    for (String name : List.of("lasting", "ending", "created")) {
      String script =
          name.equals("ending")
              ? "until [ -e /flag/go ]; do sleep 0.02; done; exit 42"
              : "sleep 1000";
      Path flags = Files.createDirectories(folder.resolve("flags"));
      String id =
          runtime.createContainer(
              sandbox,
              TestEngine.shell(name, IMAGE, script)
                  .mounts(List.of(io.tiphys.node.cri.Mount.of(flags.toString(), "/flag")))
                  .build(),
              pod);
      if (!name.equals("created")) {
        runtime.startContainer(id);
      }
    }
  }

  private static ContainerStatus status(RuntimeService runtime, String name) {
    return runtime.listContainers(ContainerFilter.EMPTY).stream()
        .filter(c -> c.metadata().name().equals(name))
        .map(c -> runtime.containerStatus(c.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatTheNetworkHoldsForNoSandboxIsGivenBackAtTheStart() throws IOException {
    AtomicReference<Set<String>> retained = new AtomicReference<>(Set.of());
    SandboxNetwork network =
        new TestEngine.LoopbackNetwork() {
          @Override
          public void retain(Set<String> sandboxIds) {
            retained.set(sandboxIds);
          }
        };
    String sandbox;
    try (Engine engine = TestEngine.open(root)) {
      PodSandboxConfig pod = TestEngine.sandbox("pod", folder.resolve("logs"), "/tiphys-adopt/pod");
      sandbox = engine.runtime().runPodSandbox(pod, "");
      engine
          .runtime()
          .removePodSandbox(
              engine
                  .runtime()
                  .runPodSandbox(TestEngine.sandbox("b", folder, "/tiphys-adopt/b"), ""));
    }
    Engine.Dependencies usual = TestEngine.dependencies();
    try (Engine _ =
        Engine.open(
            TestEngine.config(root),
            new Engine.Dependencies(
                network, usual.machine(), usual.clock(), usual.random(), usual.loops()))) {
      assertThat(retained.get()).containsExactly(sandbox);
    }
  }

  @Test
  void containersOutliveAKilledEngine() throws Exception {
    Process life =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ShortLife.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = life.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("running");
      life.destroyForcibly().waitFor();
    }
    // One ends while no engine is there to see it.
    Files.createFile(folder.resolve("flags/go"));
    Path containers = root.resolve("containers");
    while (Engine.folders(containers).stream().noneMatch(c -> Files.exists(c.resolve("exit")))) {
      Thread.onSpinWait();
    }
    try (Engine engine = TestEngine.open(root)) {
      RuntimeService runtime = engine.runtime();
      ContainerStatus lasting = status(runtime, "lasting");
      assertThat(lasting.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
      assertThat(runtime.execSync(lasting.id(), List.of("true"), Duration.ZERO).exitCode())
          .isZero();
      assertThat(status(runtime, "created").state()).isEqualTo(ContainerState.CONTAINER_CREATED);
      runtime.startContainer(status(runtime, "created").id());
      awaitExit(runtime, "ending");
      assertThat(status(runtime, "ending").exitCode()).isEqualTo(42);
      assertThat(status(runtime, "ending").finishedAt()).isNotNull();
      assertThat(runtime.listPodSandbox(PodSandboxFilter.EMPTY))
          .singleElement()
          .satisfies(s -> assertThat(s.state()).isEqualTo(PodSandboxState.SANDBOX_READY));
      runtime.stopContainer(lasting.id(), Duration.ZERO);
      assertThat(status(runtime, "lasting").exitCode()).isEqualTo(137);
    }
  }

  private static void awaitExit(RuntimeService runtime, String name) throws InterruptedException {
    try (ContainerEventStream events = runtime.getContainerEvents()) {
      while (status(runtime, name).state() != ContainerState.CONTAINER_EXITED) {
        ContainerEvent event = events.next();
        assertThat(event).isNotNull();
      }
    }
  }

  @Test
  void whatWasLeftHalfDoneIsClearedAway() throws Exception {
    String half;
    try (Engine engine = TestEngine.open(root)) {
      prepare(engine, folder);
      half = status(engine.runtime(), "created").id();
    }
    Files.delete(root.resolve("containers").resolve(half).resolve("config.json"));
    Path halfSandbox = Files.createDirectories(root.resolve("sandboxes/" + "0".repeat(32)));
    Files.writeString(halfSandbox.resolve("sandbox.json"), "{\"id\": \"tru");
    Path strayNotes = Files.createDirectories(root.resolve("runtime/" + "1".repeat(32)));
    try (Engine engine = TestEngine.open(root)) {
      assertThat(engine.runtime().listContainers(ContainerFilter.EMPTY)).hasSize(2);
      assertThat(root.resolve("containers").resolve(half)).doesNotExist();
      assertThat(halfSandbox).doesNotExist();
      assertThat(strayNotes).doesNotExist();
      assertThat(Mounts.list()).noneMatch(m -> m.target().toString().contains(half));
    }
  }

  @Test
  void aStartThatWasCutOffHasFailed() throws Exception {
    String cutOff;
    try (Engine engine = TestEngine.open(root)) {
      prepare(engine, folder);
      cutOff = status(engine.runtime(), "lasting").id();
    }
    // As if the engine had died between creating the process and noting it.
    Files.delete(root.resolve("containers").resolve(cutOff).resolve("started.json"));
    try (Engine engine = TestEngine.open(root)) {
      ContainerStatus status = status(engine.runtime(), "lasting");
      assertThat(status.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
      assertThat(status.reason()).isEqualTo("StartError");
      TestEngine.awaitNoProcessOf(cutOff);
      engine.runtime().removeContainer(cutOff);
    }
  }

  @Test
  void aContainerWhoseMonitorIsKilledEnds() throws Exception {
    try (Engine engine = TestEngine.open(root)) {
      prepare(engine, folder);
      RuntimeService runtime = engine.runtime();
      String id = status(runtime, "lasting").id();
      Path conmon = root.resolve("containers").resolve(id).resolve("conmon.pid");
      long pid = Long.parseLong(Files.readString(conmon).strip());
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      awaitExit(runtime, "lasting");
      ContainerStatus status = status(runtime, "lasting");
      assertThat(status.exitCode()).isEqualTo(255);
      assertThat(status.reason()).isEqualTo("Unknown");
    }
  }
}
