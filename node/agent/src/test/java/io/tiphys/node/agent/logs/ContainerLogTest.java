package io.tiphys.node.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import io.tiphys.client.node.NodeApi.LogOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerLogTest {
  private static final String LOG =
      """
      2026-01-01T00:00:01Z stdout F one
      2026-01-01T00:00:02Z stderr P tw
      2026-01-01T00:00:02Z stderr F o
      2026-01-01T00:00:03Z stdout F three
      """;

  @TempDir private Path folder;
  private final Disk disk = Machine.own().disk();

  @Test
  void joinsPartialLinesAndMixesStreams() throws IOException {
    assertThat(read(false, null, null, null)).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void timesAreShownAsUpstreamShowsThemWhateverTheMonitorWrites() {
    byte[] line =
        "2026-01-01T00:00:01.123456789+00:00 stdout F one".getBytes(StandardCharsets.US_ASCII);
    LogLine parsed = Objects.requireNonNull(LogLine.parse(line, line.length));
    assertThat(parsed.time()).isEqualTo("2026-01-01T00:00:01.123456789Z");
    assertThat(parsed.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:01.123456789Z"));
  }

  @Test
  void tailCountsWholeLines() throws IOException {
    assertThat(read(false, 2L, null, null)).isEqualTo("two\nthree\n");
    assertThat(read(false, 0L, null, null)).isEmpty();
  }

  @Test
  void sinceAndLimitCutTheLog() throws IOException {
    assertThat(read(false, null, null, Instant.parse("2026-01-01T00:00:03Z"))).isEqualTo("three\n");
    assertThat(read(false, null, 5L, null)).isEqualTo("one\nt");
  }

  @Test
  void followsRotationToTheEnd() throws IOException {
    Path log = Files.writeString(folder.resolve("0.log"), LOG);
    LogOptions options = new LogOptions(true, false, false, null, null, null);
    try (var in = ContainerLog.open(log, options, () -> false, disk, new SystemClock())) {
      new LogRotation(disk, 1)
          .rotateIfLarge(log, () -> write(log, "2026-01-01T00:00:04Z stdout F four\n"));
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("one\ntwo\nthree\nfour\n");
    }
    assertThat(folder.resolve("0.log.1")).hasContent(LOG);
  }

  @Test
  void whoIsSeveralRotationsBehindMissesNothing() throws IOException {
    Path log = Files.writeString(folder.resolve("0.log"), "1970-01-01T00:00:00Z stdout F 0\n");
    LogOptions options = new LogOptions(true, false, false, null, null, null);
    LogRotation rotation = new LogRotation(disk, 1);
    try (var in = ContainerLog.open(log, options, () -> false, disk, new SystemClock())) {
      for (int i = 1; i < LogRotation.MAX_FILES; i++) {
        String line = "1970-01-01T00:00:00Z stdout F " + i + "\n";
        rotation.rotateIfLarge(log, () -> write(log, line));
      }
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("0\n1\n2\n3\n4\n");
    }
  }

  private String read(
      boolean timestamps, @Nullable Long tail, @Nullable Long limit, @Nullable Instant since)
      throws IOException {
    Path log = Files.writeString(folder.resolve("0.log"), LOG);
    LogOptions options = new LogOptions(false, false, timestamps, tail, limit, since);
    try (var in = ContainerLog.open(log, options, () -> false, disk, new SystemClock())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
