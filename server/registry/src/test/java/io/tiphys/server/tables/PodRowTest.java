package io.tiphys.server.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.codec.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of upstream's printers_test.go, in short. */
class PodRowTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final String RUNNING = "{'name':'a','ready':true,'state':{'running':{}}}";
  private static final String DONE =
      "{'name':'a','state':{'terminated':{'reason':'Completed','exitCode':0}}}";

  /** Ready, Status and Restarts of a pod with the containers a and b. */
  private static String row(String init, String phase, String status) {
    return row("", init, phase, status);
  }

  private static String row(String metadata, String init, String phase, String status) {
    String json =
        "{'metadata':{'name':'p'%s},'spec':{'containers':[{'name':'a'},{'name':'b'}],"
                .formatted(metadata)
            + "'initContainers':[%s]},'status':{'phase':'%s',%s}}".formatted(init, phase, status);
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    List<Json> cells = PodRow.cells(ObjectCodec.fromJson(CoreV1.PODS.type(), bytes), NOW);
    return cells.subList(1, 4).stream().map(c -> ((Json.Str) c).value()).toList().toString();
  }

  private static String containers(String... statuses) {
    return "'containerStatuses':[" + String.join(",", statuses) + "]";
  }

  @Test
  void aRunningPodCountsItsReadyContainers() {
    assertThat(row("", "Running", containers(RUNNING, RUNNING))).isEqualTo("[2/2, Running, 0]");
    assertThat(row("", "Running", containers(RUNNING, "{'name':'b','state':{}}")))
        .isEqualTo("[1/2, Running, 0]");
  }

  @Test
  void theLastReasonOfAContainerIsThePods() {
    String crashing =
        "{'name':'a','restartCount':6,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
            + "'lastState':{'terminated':{'finishedAt':'2026-01-01T00:05:00Z'}}}";
    assertThat(row("", "Running", containers(crashing, RUNNING)))
        .isEqualTo("[1/2, CrashLoopBackOff, 6 (5m ago)]");
    String signalled = "{'name':'a','state':{'terminated':{'signal':9,'exitCode':137}}}";
    assertThat(row("", "Failed", containers(signalled))).isEqualTo("[0/2, Signal:9, 0]");
    String failed = "{'name':'a','state':{'terminated':{'exitCode':3}}}";
    assertThat(row("", "Failed", containers(failed))).isEqualTo("[0/2, ExitCode:3, 0]");
  }

  @Test
  void aPodWithAnEndedContainerRunsWhileItIsReady() {
    assertThat(row("", "Succeeded", containers(DONE, DONE))).isEqualTo("[0/2, Completed, 0]");
    assertThat(
            row(
                "",
                "Running",
                containers(DONE, RUNNING) + ",'conditions':[{'type':'Ready','status':'True'}]"))
        .isEqualTo("[1/2, Running, 0]");
    assertThat(row("", "Running", containers(DONE, RUNNING))).isEqualTo("[1/2, NotReady, 0]");
  }

  @Test
  void initContainersAreCounted() {
    String two = "{'name':'i'},{'name':'j'}";
    String waiting = "{'name':'j','state':{'waiting':{'reason':'PodInitializing'}}}";
    assertThat(row(two, "Pending", "'initContainerStatuses':[" + DONE + "," + waiting + "]"))
        .isEqualTo("[0/2, Init:1/2, 0]");
    String failed = "{'name':'i','restartCount':2,'state':{'terminated':{'exitCode':1}}}";
    assertThat(row(two, "Pending", "'initContainerStatuses':[" + failed + "]"))
        .isEqualTo("[0/2, Init:ExitCode:1, 2]");
  }

  @Test
  void sidecarsAreContainers() {
    String sidecar = "{'name':'s','restartPolicy':'Always'}";
    String started =
        "'initContainerStatuses':[{'name':'s','ready':true,'started':true,"
            + "'state':{'running':{}}}],";
    assertThat(row(sidecar, "Running", started + containers(RUNNING, RUNNING)))
        .isEqualTo("[3/3, Running, 0]");
  }

  @Test
  void deletedPodsTerminateUnlessTheyHaveEnded() {
    String deleted = ",'deletionTimestamp':'2026-01-01T00:00:00Z'";
    assertThat(row(deleted, "", "Running", containers(RUNNING, RUNNING)))
        .isEqualTo("[2/2, Terminating, 0]");
    assertThat(row(deleted, "", "Running", "'reason':'NodeLost'")).isEqualTo("[0/2, Unknown, 0]");
    assertThat(row(deleted, "", "Succeeded", containers(DONE, DONE)))
        .isEqualTo("[0/2, Completed, 0]");
  }

  @Test
  void gatedPodsSaySo() {
    String gated =
        "'conditions':[{'type':'PodScheduled','status':'False','reason':'SchedulingGated'}]";
    assertThat(row("", "Pending", gated)).isEqualTo("[0/2, SchedulingGated, 0]");
  }

  @Test
  void durationsAreShort() {
    assertThat(Cells.duration(Duration.ofSeconds(119))).isEqualTo("119s");
    assertThat(Cells.duration(Duration.ofMinutes(2))).isEqualTo("2m");
    assertThat(Cells.duration(Duration.ofSeconds(125))).isEqualTo("2m5s");
    assertThat(Cells.duration(Duration.ofMinutes(179))).isEqualTo("179m");
    assertThat(Cells.duration(Duration.ofMinutes(190))).isEqualTo("3h10m");
    assertThat(Cells.duration(Duration.ofHours(47))).isEqualTo("47h");
    assertThat(Cells.duration(Duration.ofHours(49))).isEqualTo("2d1h");
    assertThat(Cells.duration(Duration.ofDays(729))).isEqualTo("729d");
    assertThat(Cells.duration(Duration.ofDays(731))).isEqualTo("2y1d");
    assertThat(Cells.duration(Duration.ofSeconds(-1))).isEqualTo("0s");
    assertThat(Cells.duration(Duration.ofSeconds(-2))).isEqualTo("<invalid>");
  }
}
