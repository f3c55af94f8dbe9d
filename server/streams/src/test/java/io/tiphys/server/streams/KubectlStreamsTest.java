package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real kubectl, oldest and newest on this machine: SPDY the one, WebSocket the other. */
class KubectlStreamsTest {
  private static final int TIMEOUT_SECONDS = 60;

  @TempDir static Path folder;
  private static StreamServer server;
  private static Path kubeconfig;

  @BeforeAll
  static void open() throws IOException {
    server = new StreamServer();
    kubeconfig = server.writeKubeconfig(folder);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  static List<Path> kubectls() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String part : System.getenv("PATH").split(":", -1)) {
      Path kubectl = Path.of(part, "kubectl");
      if (Files.isExecutable(kubectl)) {
        try (Stream<Path> beside = Files.list(kubectl.toRealPath().getParent())) {
          beside
              .filter(path -> path.getFileName().toString().matches("kubectl\\.1\\.[0-9]+"))
              .sorted()
              .forEach(found::add);
        }
        if (found.isEmpty()) {
          found.add(kubectl);
        }
        break;
      }
    }
    return found.isEmpty() ? List.of(Path.of("none")) : List.of(found.getFirst(), found.getLast());
  }

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(Path kubectl, byte[] input, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process = start(kubectl, out, err, arguments);
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("Broken pipe");
    }
    boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("kubectl %s ends", Arrays.toString(arguments)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static Process start(Path kubectl, Path out, Path err, String... arguments)
      throws IOException {
    assumeTrue(Files.isExecutable(kubectl), "there is no kubectl on this machine");
    List<String> command =
        new ArrayList<>(List.of(kubectl.toString(), "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void execCarriesBothOutputsAndTheExitCode(Path kubectl) throws Exception {
    Outcome outcome =
        run(
            kubectl,
            new byte[0],
            "exec",
            "one",
            "--",
            "sh",
            "-c",
            "echo out; echo err >&2; exit 3");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.out()).isEqualTo("out\n");
    assertThat(outcome.err()).contains("err\n", "command terminated with exit code 3");
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void execPassesMegabytesOfInputAndItsEnd(Path kubectl) throws Exception {
    Outcome outcome = run(kubectl, new byte[9_000_000], "exec", "-i", "one", "--", "wc", "-c");

    assertThat(outcome.out().strip()).isEqualTo("9000000");
    assertThat(outcome.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void execPassesMegabytesOfOutput(Path kubectl) throws Exception {
    Outcome outcome =
        run(kubectl, new byte[0], "exec", "one", "--", "head", "-c", "9000000", "/dev/zero");

    assertThat(outcome.out()).hasSize(9_000_000);
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void exitCodeArrivesThoughInputIsLeftUnread(Path kubectl) throws Exception {
    Outcome outcome =
        run(kubectl, new byte[9_000_000], "exec", "-i", "one", "--", "sh", "-c", "exit 4");

    assertThat(outcome.code()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void refusalsComeInTheWordsOfUpstream(Path kubectl) throws Exception {
    assertThat(run(kubectl, new byte[0], "exec", "two", "-c", "x", "--", "true").err())
        .contains("Error from server (BadRequest): container x is not valid for pod two");
    assertThat(run(kubectl, new byte[0], "exec", "one", "--", "missing").err())
        .contains("container not found (\"main\")");
    assertThat(run(kubectl, new byte[0], "logs", "three").err())
        .containsIgnoringCase("error from server (NotFound): pods \"three\" not found");
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void attachJoinsTheMainProcess(Path kubectl) throws Exception {
    Outcome outcome = run(kubectl, "typed\n".getBytes(UTF_8), "attach", "-i", "one");

    assertThat(outcome.out()).contains("typed\n");
    assertThat(outcome.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void logsPassAllOptionsAndTheText(Path kubectl) throws Exception {
    server.node.log = () -> new ByteArrayInputStream("one\ntwo\n".getBytes(UTF_8));
    server.node.logOptions.clear();

    Outcome outcome =
        run(
            kubectl,
            new byte[0],
            "logs",
            "one",
            "--tail=7",
            "--limit-bytes=99",
            "--timestamps",
            "--previous",
            "--since-time=2026-01-02T03:04:05Z");

    assertThat(outcome.out()).isEqualTo("one\ntwo\n");
    var options = server.node.logOptions.poll();
    assertThat(options).isNotNull();
    assertThat(options.tailLines()).isEqualTo(7);
    assertThat(options.limitBytes()).isEqualTo(99);
    assertThat(options.timestamps()).isTrue();
    assertThat(options.previous()).isTrue();
    assertThat(options.follow()).isFalse();
    assertThat(options.since()).isEqualTo("2026-01-02T03:04:05Z");
  }

  @ParameterizedTest
  @MethodSource("kubectls")
  void portForwardCarriesSeveralConnectionsAtOnce(Path kubectl) throws Exception {
    byte[] content = new byte[3_000_000];
    Arrays.fill(content, (byte) 'x');
    try (ServerSocket pod = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> echo(pod));
      Path out = Files.createTempFile(folder, "forward", "");
      Path err = Files.createTempFile(folder, "forward", "");
      Process forward = start(kubectl, out, err, "port-forward", "one", ":" + pod.getLocalPort());
      try {
        int port = localPort(forward, out);
        List<Thread> clients = new ArrayList<>();
        List<Integer> lengths = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
          clients.add(Thread.ofVirtual().start(() -> lengths.add(roundTrip(port, content))));
        }
        for (Thread client : clients) {
          client.join();
        }
        assertThat(lengths).containsExactly(3_000_000, 3_000_000, 3_000_000, 3_000_000);
      } finally {
        forward.destroyForcibly();
      }
    }
  }

  /** Reads what kubectl says of the port it chose. */
  private static int localPort(Process forward, Path out) throws Exception {
    while (forward.isAlive()) {
      String said = Files.readString(out);
      int arrow = said.indexOf(" ->");
      if (arrow > 0) {
        return Integer.parseInt(said.substring(said.lastIndexOf(':', arrow) + 1, arrow));
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("kubectl port-forward ended: " + Files.readString(out));
  }

  private static void echo(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual()
            .start(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
      }
    } catch (IOException e) {
      assertThat(server.isClosed()).isTrue();
    }
  }

  /** Sends everything, says that it is all, and counts what comes back. */
  private static int roundTrip(int port, byte[] content) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  socket.getOutputStream().write(content);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      InputStream back = socket.getInputStream();
      return back.readAllBytes().length;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
