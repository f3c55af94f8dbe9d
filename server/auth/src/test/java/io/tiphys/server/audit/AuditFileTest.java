package io.tiphys.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.FullDisk;
import io.tiphys.base.testing.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of audit events and those that were full. */
class AuditFileTest {
  private static final AuditEvent EVENT = Events.of("/api/v1/namespaces/n/pods/p");
  private static final int LINE = EVENT.toJson().length + 1;

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private AuditFile.Config keeping(int bytes, int days, int backups) {
    return new AuditFile.Config(folder.resolve("below/audit.log"), bytes, days, backups, false);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("below"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void onlyItsOwnerReadsIt() throws Exception {
    AuditFile.open(keeping(0, 0, 0), Machine.own().disk(), clock).close();

    assertThat(Files.getPosixFilePermissions(folder.resolve("below/audit.log")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aFullFileIsPutAsideUnderTheTimeAndTheOldestGo() throws Exception {
    try (AuditFile log = AuditFile.open(keeping(2 * LINE, 0, 2), Machine.own().disk(), clock)) {
      for (int i = 0; i < 9; i++) {
        assertThat(log.record(List.of(EVENT))).isTrue();
        clock.advance(Duration.ofSeconds(1));
      }
    }

    assertThat(files())
        .containsExactly(
            "audit-2026-01-01T00-00-06.000.log", "audit-2026-01-01T00-00-08.000.log", "audit.log");
    assertThat(Files.readAllLines(folder.resolve("below/audit.log"))).hasSize(1);
  }

  @Test
  void anInterruptedRequestIsWrittenDownAndThoseAfterItToo() throws Exception {
    try (AuditFile log = AuditFile.open(keeping(0, 0, 0), Machine.own().disk(), clock)) {
      Thread.currentThread().interrupt();
      assertThat(log.record(List.of(EVENT))).isTrue();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(log.record(List.of(EVENT))).isTrue();
    }
    assertThat(Files.readAllLines(folder.resolve("below/audit.log"))).hasSize(2);
  }

  @Test
  void filesOfOneMomentHaveNamesOfTheirOwn() throws Exception {
    try (AuditFile log = AuditFile.open(keeping(LINE, 0, 0), Machine.own().disk(), clock)) {
      for (int i = 0; i < 3; i++) {
        log.record(List.of(EVENT));
      }
    }

    assertThat(files()).hasSize(3);
  }

  @Test
  void oldFilesGoAndOthersStay() throws Exception {
    Files.createDirectories(folder.resolve("below"));
    Files.writeString(folder.resolve("below/audit-notes.log"), "");
    try (AuditFile log = AuditFile.open(keeping(LINE, 3, 0), Machine.own().disk(), clock)) {
      log.record(List.of(EVENT));
      log.record(List.of(EVENT));
      clock.advance(Duration.ofDays(4));
      log.record(List.of(EVENT));
    }

    assertThat(files())
        .containsExactly("audit-2026-01-05T00-00-00.000.log", "audit-notes.log", "audit.log");
  }

  @Test
  void whatTheDiskDoesNotTakeOrTheFileCannotHoldIsLostAndCounted() throws Exception {
    FullDisk disk = new FullDisk();
    try (AuditFile log = AuditFile.open(keeping(LINE, 0, 0), disk, clock)) {
      assertThat(log.record(List.of(Events.of("/" + "a".repeat(LINE))))).isFalse();
      assertThat(log.record(List.of(EVENT))).isTrue();
      disk.full(true);
      assertThat(log.record(List.of(EVENT))).isFalse();
      disk.full(false);
      assertThat(log.record(List.of(EVENT))).isTrue();

      assertThat(log.dropped()).isEqualTo(2);
    }
    assertThat(Files.readAllLines(folder.resolve("below/audit.log"))).hasSize(1);
  }

  @Test
  void linesOfTextAreWrittenIfWanted() {
    assertThat(EventLine.of(EVENT))
        .isEqualTo(
            "2026-01-01T00:00:00.12Z AUDIT: id=\"\" stage=\"RequestReceived\" ip=\"<unknown>\""
                + " method=\"get\" user=\"ann\" groups=\"\\\"devs\\\"\" as=\"<self>\""
                + " asgroups=\"<lookup>\" user-agent=\"\" namespace=\"n\""
                + " uri=\"/api/v1/namespaces/n/pods/p\" response=\"<deferred>\"");
  }
}
