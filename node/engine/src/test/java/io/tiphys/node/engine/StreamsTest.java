package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TestEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Talking with real containers. */
class StreamsTest {
  private static final StdioOptions ALL = new StdioOptions(true, true, true, false);
  private static final StdioOptions TERMINAL = new StdioOptions(true, true, false, true);

  /** A virtual thread in a thread dump that is in native code. */
  private static final Pattern IN_KERNEL =
      Pattern.compile(" virtual RUNNABLE .*\\n.*\\(Native Method\\)");

  @TempDir static Path folder;
  private static Engine engine;
  private static RuntimeService runtime;
  private static PodSandboxConfig pod;
  private static String sandbox;
  private static int number;

  @BeforeAll
  static void open() throws IOException {
    Optional<String> whyNot = TestEngine.whyNot(folder.resolve("probe"));
    assumeTrue(whyNot.isEmpty(), () -> "no containers here: " + whyNot.orElse(""));
    engine = TestEngine.open(folder.resolve("engine"));
    runtime = engine.runtime();
    Path archive = folder.resolve("image.tar");
    OciImageBuilder.busybox("test/busybox:1").writeOciArchive(archive);
    engine.loadImages(archive, null);
    pod = TestEngine.sandbox("pod", folder.resolve("logs"), "/tiphys-test-streams/pod");
    sandbox = runtime.runPodSandbox(pod, "");
  }

  @AfterAll
  static void destroy() {
    if (engine != null) {
      engine.close();
      Engine.destroyAll(TestEngine.config(folder.resolve("engine")), TestEngine.dependencies());
    }
  }

  private static String start(ContainerConfig.Builder config) {
    String id = runtime.createContainer(sandbox, config.build(), pod);
    runtime.startContainer(id);
    return id;
  }

  private static ContainerConfig.Builder shell(String script) {
    return TestEngine.shell("c" + number++, "test/busybox:1", script);
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      read.write(b);
      if (read.toString(StandardCharsets.UTF_8).endsWith(end)) {
        break;
      }
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Test
  void execStreamsBothWays() throws Exception {
    String id = start(shell("sleep 1000"));
    List<String> command = List.of("/bin/sh", "-c", "cat; echo done >&2; exit 4");
    try (StreamingSession session = runtime.exec(id, command, ALL)) {
      write(session.stdin(), "to and fro\n");
      assertThat(readUntil(session.stdout(), "\n")).isEqualTo("to and fro\n");
      session.stdin().close();
      assertThat(readUntil(session.stderr(), "\n")).isEqualTo("done\n");
      assertThat(session.waitFor()).isEqualTo(4);
    }
    assertThat(folders(id)).noneMatch(name -> name.startsWith("exec-"));
  }

  private static List<String> folders(String id) throws IOException {
    return Engine.folders(folder.resolve("engine/containers").resolve(id)).stream()
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Test
  void execOnATerminalKnowsItsSize() throws Exception {
    String id = start(shell("sleep 1000"));
    try (StreamingSession session = runtime.exec(id, List.of("/bin/sh"), TERMINAL)) {
      session.resize(123, 45);
      write(session.stdin(), "until stty size | grep 123; do :; done; tty\n");
      assertThat(readUntil(session.stdout(), "\n45 123\r\n")).contains("45 123");
      assertThat(readUntil(session.stdout(), "/dev/pts/0\r\n")).contains("/dev/pts/0");
      write(session.stdin(), "exit 6\n");
      assertThat(session.waitFor()).isEqualTo(6);
    }
  }

  @Test
  void closingAnExecKillsIt() throws Exception {
    String id = start(shell("sleep 1000"));
    for (StdioOptions stdio : List.of(ALL, TERMINAL)) {
      StreamingSession session = runtime.exec(id, List.of("sh", "-c", "echo on; sleep 777"), stdio);
      readUntil(session.stdout(), "n");
      session.close();
      while (processes(id).contains("echo on")) {
        Thread.onSpinWait();
      }
    }
  }

  /** A wait in the kernel holds a virtual thread's carrier, and there are few of those. */
  @Test
  @Timeout(60)
  void whatRunsSilentlyHoldsNoCarrierOfVirtualThreads() throws Exception {
    String id = start(shell("sleep 1000"));
    List<String> silent = List.of("sh", "-c", "echo on; sleep 778");
    try (StreamingSession onTerminal = runtime.exec(id, silent, TERMINAL)) {
      readUntil(onTerminal.stdout(), "n");
      Thread synchronous =
          Thread.ofPlatform()
              .daemon()
              .start(() -> runtime.execSync(id, List.of("sleep", "779"), Duration.ZERO));
      while (!processes(id).contains("sleep 779")) {
        Thread.onSpinWait();
      }

      for (String threads = threads(); IN_KERNEL.matcher(threads).find(); threads = threads()) {
        assertThat(Thread.interrupted()).as(threads).isFalse();
      }
      runtime.execSync(id, List.of("sh", "-c", "kill -9 -1"), Duration.ZERO);
      synchronous.join();
    }
  }

  private static String threads() throws IOException {
    Path dump = folder.resolve("threads-" + number++);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return Files.readString(dump);
  }

  private static String processes(String id) {
    return new String(
        runtime.execSync(id, List.of("ps"), Duration.ZERO).stdout(), StandardCharsets.UTF_8);
  }

  @Test
  void anExecThatCannotBeginSaysWhy() throws Exception {
    String id = start(shell("sleep 1000"));
    try (StreamingSession session = runtime.exec(id, List.of("no-such"), ALL)) {
      readUntil(session.stderr(), "never");
      assertThatThrownBy(session::waitFor)
          .isInstanceOf(CriException.class)
          .hasMessageContaining("executable file not found");
    }
    assertThatThrownBy(
            () -> {
              try (StreamingSession session = runtime.exec(id, List.of("no-such"), TERMINAL)) {
                session.waitFor();
              }
            })
        .isInstanceOf(CriException.class)
        .hasMessageContaining("executable file not found");
  }

  @Test
  void attachJoinsTheMainProcess() throws Exception {
    String id =
        start(
            shell("while read x; do echo got $x; echo err $x >&2; done; exit 5")
                .stdin(true)
                .stdinOnce(true));
    try (StreamingSession session = runtime.attach(id, ALL)) {
      write(session.stdin(), "one\n");
      assertThat(readUntil(session.stdout(), "\n")).isEqualTo("got one\n");
      assertThat(readUntil(session.stderr(), "\n")).isEqualTo("err one\n");
      session.stdin().close();
      assertThat(session.waitFor()).isEqualTo(5);
      assertThat(session.stdout().read()).isEqualTo(-1);
    }
  }

  @Test
  void leavingAnAttachedContainerLetsItRun() throws Exception {
    String id = start(shell("while read x; do echo got $x; done").stdin(true).tty(true));
    for (String word : List.of("first", "second")) {
      try (StreamingSession session = runtime.attach(id, TERMINAL)) {
        write(session.stdin(), word + "\n");
        assertThat(readUntil(session.stdout(), "got " + word + "\r\n")).contains("got " + word);
      }
    }
  }

  /** Tries until it listens. */
  private static PortConnection connect(int port) {
    while (true) {
      try {
        return runtime.portForward(sandbox, port);
      } catch (CriException e) {
        assertThat(e.code()).isEqualTo(CriException.Code.UNAVAILABLE);
      }
    }
  }

  @Test
  void forwardsPortsIntoTheSandbox() throws Exception {
    String id = start(shell("exec nc -ll -p 7070 -e /bin/cat"));
    try (PortConnection connection = connect(7070)) {
      write(connection.output(), "hello\n");
      connection.output().close();
      assertThat(readUntil(connection.input(), "never")).isEqualTo("hello\n");
    }
    assertThat(runtime.containerStatus(id).state().name()).isEqualTo("CONTAINER_RUNNING");
    assertThatThrownBy(() -> runtime.portForward(sandbox, 7071))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("failed to connect to localhost:7071");
  }
}
