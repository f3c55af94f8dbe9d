package io.tiphys.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.audit.AuditConfig.Batch;
import io.tiphys.server.audit.AuditConfig.Delivery;
import io.tiphys.server.audit.AuditConfig.WebhookBackend;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.webhook.OtherServer;
import io.tiphys.server.webhook.WebhookConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Audit events on their way to another server. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AuditWebhookTest {
  private static final AuditEvent EVENT = Events.of("/a");
  private static final AuditPolicy ALL =
      PolicyFile.read("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]");

  @TempDir private Path folder;
  private final ManualClock clock = ManualClock.movedBySleepers();
  private final Loops loops = new Loops(clock, new Random(1));
  private final OtherServer other = OtherServer.open();

  @AfterEach
  void close() {
    other.close();
  }

  private AuditLog open(AuditMode mode) throws Exception {
    Batch batch = new Batch(100, 3, Duration.ofSeconds(30), 0, 0);
    WebhookConfig at = WebhookConfig.read(other.kubeconfig(folder), Machine.own());
    WebhookBackend backend =
        new WebhookBackend(at, Duration.ofSeconds(10), new Delivery(mode, batch, null));
    return new AuditConfig(ALL, null, backend)
        .open(Machine.own(), System.out, clock, loops, new Random(1));
  }

  @Test
  void aBatchIsAnEventList() throws Exception {
    try (AuditLog log = open(AuditMode.BATCH)) {
      log.record(List.of(EVENT, EVENT, EVENT));
      OtherServer.Asked asked = other.asked().take();

      assertThat(asked.method() + " " + asked.path()).isEqualTo("POST /hook");
      assertThat(asked.authorization()).isEqualTo("Bearer secret");
      assertThat(asked.body())
          .startsWith(
              "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},"
                  + "\"items\":[{\"level\":\"Metadata\",\"auditID\":\"\",");
    }
  }

  @Test
  void aServerThatFailsIsAskedFiveTimes() throws Exception {
    other.answer(_ -> new OtherServer.Answer(503, "busy"));
    try (AuditLog log = open(AuditMode.BLOCKING_STRICT)) {
      assertThat(log.record(List.of(EVENT))).isFalse();
    }
    assertThat(other.asked()).hasSize(5);
  }

  @Test
  void whoeverBlocksWithoutBeingStrictGoesOn() throws Exception {
    other.answer(_ -> new OtherServer.Answer(400, ""));
    try (AuditLog log = open(AuditMode.BLOCKING)) {
      assertThat(log.record(List.of(EVENT))).isTrue();
      assertThat(log.blocks()).isTrue();
    }
  }

  @Test
  void aFileThatLeadsNowhereIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("c"), "clusters: [{cluster: {server: 'x'}}]");
    assertThatThrownBy(() -> WebhookConfig.read(file, Machine.own()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no address of a server: x");
    Files.writeString(file, "current-context: a");
    assertThatThrownBy(() -> WebhookConfig.read(file, Machine.own()))
        .hasMessageContaining("context \"a\" does not exist");
  }
}
