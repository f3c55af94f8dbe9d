package io.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.SystemClock;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines against a cluster that only notes what it is asked. */
class TiphysCommandTest {
  private static final String SERVER = "https://127.0.0.1:1";

  @TempDir private Path home;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> asked = new ArrayList<>();

  @Test
  void saysItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("tiphys 1");
  }

  @Test
  void aServerInTheForegroundSaysHowToReachIt() {
    assertThat(run("server")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(SERVER, "export KUBECONFIG=" + profile().kubeconfig());
    assertThat(profile().root()).exists();
  }

  @Test
  void nothingOutlivesAnEphemeralServer() {
    assertThat(run("server", "--ephemeral")).isZero();

    assertThat(asked).containsExactly("serve", "destroy");
    assertThat(home.resolve("clusters")).isEmptyDirectory();
  }

  @Test
  void anEphemeralClusterThatWasKilledIsRemovedByStop() throws IOException {
    Files.createDirectories(profile().root());
    record(SERVER, true).write(profile().daemonRecord());

    assertThat(run("stop")).isZero();

    assertThat(asked).containsExactly("destroy");
    assertThat(profile().root()).doesNotExist();
  }

  @Test
  void aClusterThatWasKilledKeepsItsFolderWhenStopped() throws IOException {
    Files.createDirectories(profile().root());
    record(SERVER, false).write(profile().daemonRecord());

    assertThat(run("status")).isEqualTo(7);
    assertThat(run("stop")).isZero();

    assertThat(asked).containsExactly("stopWorkloads");
    assertThat(profile().root()).exists();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Stopped", "tiphys is not running");
  }

  @Test
  void aClusterThatIsBeingStartedIsNotStartedAgain() throws IOException {
    Files.createDirectories(profile().root());
    DaemonRecord.of(ProcessHandle.current(), "", false).write(profile().daemonRecord());

    try (ProfileLock _ = ProfileLock.take(profile()).orElseThrow()) {
      assertThat(run("start")).isEqualTo(1);
      assertThat(run("status")).isEqualTo(7);
    }

    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is being started by process");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Starting");
  }

  @Test
  void aClusterThatDoesNotAnswerIsNotCalledRunning() throws IOException {
    Files.createDirectories(profile().root());
    DaemonRecord.of(ProcessHandle.current(), SERVER, false).write(profile().daemonRecord());

    try (ProfileLock _ = ProfileLock.take(profile()).orElseThrow()) {
      assertThat(run("status")).isEqualTo(7);
    }

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Unreachable", "problem:");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** A process that was killed is there until its parent asks, which may be never. */
  @Test
  void aDeadProcessThatNobodyHasAskedForIsNoRunningCluster() throws Exception {
    Files.createDirectories(profile().root());
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 300").start();
    try (BufferedReader lines = parent.inputReader()) {
      ProcessHandle zombie = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
      Path stat = Path.of("/proc/" + zombie.pid() + "/stat");
      while (!Files.readString(stat).contains(") Z ")) {
        Thread.onSpinWait();
      }
      DaemonRecord.of(zombie, SERVER, false).write(profile().daemonRecord());
      assertThat(zombie.isAlive()).as("what the JDK says of it").isTrue();

      assertThat(DaemonRecord.running(profile())).isEmpty();
      assertThat(run("status")).isEqualTo(7);
      assertThat(run("stop")).isZero();
      assertThat(asked).containsExactly("stopWorkloads");
    } finally {
      parent.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clusters: [\n- a: b\n  c", "no mapping", "clusters: none\n"})
  void aDamagedKubeconfigIsNamedAndLeftAloneAndNothingIsStarted(String content) throws IOException {
    Path file = Files.writeString(home.resolve("a"), content);

    assertThat(run("start")).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(file + " is not a kubeconfig: ", "mv " + file + " " + file + ".old")
        .doesNotContain("\tat ");
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(file).hasContent(content);
    assertThat(profile().root()).doesNotExist();
  }

  @Test
  void theLineOfADamagedKubeconfigIsSaid() throws IOException {
    Files.writeString(home.resolve("a"), "apiVersion: v1\nclusters: [\n- a: b\n  c");
    assertThat(run("start")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).containsPattern("yaml: line \\d+: ");
  }

  @Test
  void aDamagedKubeconfigKeepsNoClusterFromStoppingOrGoing() throws IOException {
    Path file = Files.writeString(home.resolve("a"), "clusters: [");
    Files.createDirectories(profile().root());
    record(SERVER, false).write(profile().daemonRecord());

    assertThat(run("stop")).isZero();
    assertThat(run("delete")).isZero();

    assertThat(asked).containsExactly("stopWorkloads", "stopWorkloads", "destroy");
    assertThat(profile().root()).doesNotExist();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(file + " is not a kubeconfig");
    assertThat(file).hasContent("clusters: [");
  }

  @Test
  void aDamagedRecordIsNoneUnlessItsProcessLives() throws IOException {
    Files.createDirectories(profile().root());
    Files.writeString(profile().daemonRecord(), "");

    assertThat(run("status")).isEqualTo(7);
    assertThat(run("stop")).isZero();
    Files.writeString(profile().daemonRecord(), "{\"pid\": 1");
    try (ProfileLock _ = ProfileLock.take(profile()).orElseThrow()) {
      assertThat(run("start")).isEqualTo(1);
    }
    assertThat(err.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "tiphys: tiphys runs, but %s is damaged: end its process (kill %d) and start it again"
                .formatted(profile().daemonRecord(), ProcessHandle.current().pid()));
  }

  @Test
  void deleteTakesTheClusterOutOfEveryKubeconfigOfTheUser() throws IOException {
    Files.createDirectories(profile().root());
    var entries =
        Kubeconfig.document("tiphys", SERVER, new Kubeconfig.Credentials("Y2E=", "Y2U=", "a2U="));
    Kubeconfig.merge(home.resolve("a"), "tiphys", entries);
    Kubeconfig.merge(home.resolve("b"), "tiphys", entries);

    assertThat(run("delete")).isZero();

    assertThat(Kubeconfig.has(home.resolve("a"), "tiphys")).isFalse();
    assertThat(Kubeconfig.has(home.resolve("b"), "tiphys")).isFalse();
    assertThat(home.resolve("clusters")).isEmptyDirectory();
  }

  @Test
  void flagsOfTheApiServerArriveAndArePassedOnFromAnyFolder() {
    List<ServerFlags> arrived = new ArrayList<>();
    List<String> words = new ArrayList<>();
    ClusterProcess noting =
        new Noting() {
          @Override
          public int serve(Profile p, ClusterOptions o, Progress progress, Listener listener) {
            arrived.add(o.server());
            words.addAll(o.words());
            return 0;
          }
        };

    assertThat(
            run(
                noting,
                "server",
                "--audit-policy-file=policy.yaml",
                "--audit-log-path",
                "/var/log/audit.log",
                "--audit-log-maxsize=7",
                "--audit-log-truncate-enabled"))
        .isZero();

    ServerFlags flags = arrived.getFirst();
    assertThat(flags.file(ServerFlag.AUDIT_LOG_PATH)).isEqualTo(Path.of("/var/log/audit.log"));
    assertThat(flags.number(ServerFlag.AUDIT_LOG_MAXSIZE)).isEqualTo(7);
    assertThat(flags.number(ServerFlag.AUDIT_LOG_MAXAGE)).isEqualTo(366);
    assertThat(flags.truth(ServerFlag.AUDIT_LOG_TRUNCATE_ENABLED)).isTrue();
    assertThat(words)
        .containsExactly(
            "--audit-policy-file=" + Path.of("policy.yaml").toAbsolutePath(),
            "--audit-log-path=/var/log/audit.log",
            "--audit-log-maxsize=7",
            "--audit-log-truncate-enabled=true");
  }

  @Test
  void aFlagThatMustBeANumberSaysSo() {
    assertThat(run("server", "--audit-log-maxsize=much")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--audit-log-maxsize is much; it must be a whole number");
  }

  @Test
  void eventsOnTheOutputNeedAnOutput() {
    assertThat(run("start", "--audit-log-path=-")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--audit-log-path=- is for");
  }

  @Test
  void whatTheDiskRefusesIsSaidInOneLine() {
    ClusterProcess failing =
        new Noting() {
          @Override
          public int serve(Profile p, ClusterOptions o, Progress progress, Listener listener)
              throws IOException {
            throw new AccessDeniedException("/var/lib/tiphys");
          }
        };

    assertThat(run(failing, "server")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo("tiphys: /var/lib/tiphys: permission denied");
  }

  private int run(String... words) {
    return run(new Noting(), words);
  }

  private int run(ClusterProcess cluster, String... words) {
    Map<String, String> environment =
        Map.of(
            "TIPHYS_HOME",
            home.resolve("clusters").toString(),
            "KUBECONFIG",
            home.resolve("a") + ":" + home.resolve("b"));
    return TiphysCommand.run(
        new Context(
            cluster,
            new SystemClock(),
            environment,
            true,
            "tiphys 1",
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8)),
        words);
  }

  private Profile profile() {
    return new Profile("tiphys", home.resolve("clusters/tiphys"));
  }

  /** What a process of this pid left that began at another time: a dead one. */
  private static DaemonRecord record(String server, boolean ephemeral) {
    return new DaemonRecord(ProcessHandle.current().pid(), 1, server, ephemeral);
  }

  private class Noting implements ClusterProcess {
    @Override
    public int serve(Profile profile, ClusterOptions options, Progress progress, Listener listener)
        throws IOException {
      asked.add("serve");
      Files.createDirectories(profile.root());
      listener.ready(SERVER);
      listener.ended();
      return 0;
    }

    @Override
    public void stopWorkloads(Profile profile) {
      asked.add("stopWorkloads");
    }

    @Override
    public void destroy(Profile profile) {
      asked.add("destroy");
    }
  }
}
