package io.tiphys.assembly;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ServerFlags;
import io.tiphys.server.audit.AuditConfig;
import io.tiphys.server.audit.AuditFile;
import io.tiphys.server.audit.AuditMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What flags say of the audit. */
class AuditFlagsTest {
  @TempDir private Path folder;

  private static AuditConfig config(String... words) {
    return new AuditFlags(ServerFlags.of(words), Machine.own()).config();
  }

  @Test
  void withoutFlagsNothingIsAudited() {
    assertThat(config()).isEqualTo(AuditConfig.NONE);
  }

  @Test
  void theFileHasUpstreamsDefaults() {
    AuditConfig.LogBackend log = requireNonNull(config("--audit-log-path=/a.log").log());
    AuditFile.Config file = requireNonNull(log.file());

    assertThat(file.maxBytes()).isEqualTo(100L * 1024 * 1024);
    assertThat(file.maxAgeDays()).isEqualTo(366);
    assertThat(file.maxBackups()).isEqualTo(100);
    assertThat(log.delivery().mode()).isEqualTo(AuditMode.BLOCKING);
    assertThat(log.delivery().limits()).isNull();
  }

  @Test
  void theWebhookHasUpstreamsDefaults() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("c"), "clusters: [{cluster: {server: 'http://127.0.0.1:1'}}]");
    AuditConfig.WebhookBackend webhook =
        requireNonNull(config("--audit-webhook-config-file=" + file).webhook());

    assertThat(webhook.initialBackoff()).isEqualTo(Duration.ofSeconds(10));
    assertThat(webhook.delivery().mode()).isEqualTo(AuditMode.BATCH);
    assertThat(webhook.delivery().batch())
        .isEqualTo(new AuditConfig.Batch(10_000, 400, Duration.ofSeconds(30), 10, 15));
  }

  @Test
  void aPolicyThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> config("--audit-policy-file=/none.yaml"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("loading audit policy file: failed to read file path \"/none.yaml\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--audit-log-maxage=-1 | --audit-log-maxage -1 can't be a negative number",
        "--audit-log-mode=never | invalid audit log mode never, allowed modes are"
            + " \"batch,blocking,blocking-strict\"",
        "--audit-log-format=xml | invalid audit log format xml, allowed formats are",
        "--audit-log-version=v1 | invalid group version, allowed versions are",
        "--audit-log-truncate-max-event-size=0 | invalid audit truncate log max event size 0, must"
            + " be a positive number",
        "--audit-log-truncate-max-batch-size=5 | must be greater than max event size (102400)"
      })
  void aWrongValueIsRefusedInUpstreamsWords(String word, String problem) {
    assertThatThrownBy(() -> config("--audit-log-path=/a.log", word))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(problem);
  }
}
