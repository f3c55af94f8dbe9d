package io.tiphys.assembly;

import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ServerFlag;
import io.tiphys.cli.ServerFlags;
import io.tiphys.server.audit.AuditConfig;
import io.tiphys.server.audit.AuditConfig.Batch;
import io.tiphys.server.audit.AuditConfig.Delivery;
import io.tiphys.server.audit.AuditConfig.Limits;
import io.tiphys.server.audit.AuditConfig.LogBackend;
import io.tiphys.server.audit.AuditConfig.WebhookBackend;
import io.tiphys.server.audit.AuditFile;
import io.tiphys.server.audit.AuditMode;
import io.tiphys.server.audit.AuditPolicy;
import io.tiphys.server.audit.PolicyFile;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.http.GoDuration;
import io.tiphys.server.webhook.WebhookConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the flags say of the audit; server/options/audit.go of apiserver/pkg. */
record AuditFlags(ServerFlags flags, Machine machine) {
  private static final long MEGABYTE = 1024 * 1024;
  private static final String VERSION = "audit.k8s.io/v1";

  private static final DeliveryFlags LOG =
      new DeliveryFlags(
          "log",
          ServerFlag.AUDIT_LOG_MODE,
          ServerFlag.AUDIT_LOG_BATCH_BUFFER_SIZE,
          ServerFlag.AUDIT_LOG_BATCH_MAX_SIZE,
          ServerFlag.AUDIT_LOG_BATCH_MAX_WAIT,
          ServerFlag.AUDIT_LOG_BATCH_THROTTLE_ENABLE,
          ServerFlag.AUDIT_LOG_BATCH_THROTTLE_QPS,
          ServerFlag.AUDIT_LOG_BATCH_THROTTLE_BURST,
          ServerFlag.AUDIT_LOG_TRUNCATE_ENABLED,
          ServerFlag.AUDIT_LOG_TRUNCATE_MAX_BATCH_SIZE,
          ServerFlag.AUDIT_LOG_TRUNCATE_MAX_EVENT_SIZE);

  private static final DeliveryFlags WEBHOOK =
      new DeliveryFlags(
          "webhook",
          ServerFlag.AUDIT_WEBHOOK_MODE,
          ServerFlag.AUDIT_WEBHOOK_BATCH_BUFFER_SIZE,
          ServerFlag.AUDIT_WEBHOOK_BATCH_MAX_SIZE,
          ServerFlag.AUDIT_WEBHOOK_BATCH_MAX_WAIT,
          ServerFlag.AUDIT_WEBHOOK_BATCH_THROTTLE_ENABLE,
          ServerFlag.AUDIT_WEBHOOK_BATCH_THROTTLE_QPS,
          ServerFlag.AUDIT_WEBHOOK_BATCH_THROTTLE_BURST,
          ServerFlag.AUDIT_WEBHOOK_TRUNCATE_ENABLED,
          ServerFlag.AUDIT_WEBHOOK_TRUNCATE_MAX_BATCH_SIZE,
          ServerFlag.AUDIT_WEBHOOK_TRUNCATE_MAX_EVENT_SIZE);

  /**
   * @throws CliException naming the flag that cannot be used
   */
  AuditConfig config() {
    return new AuditConfig(policy(), log(), webhook());
  }

  private @Nullable AuditPolicy policy() {
    Path file = flags.file(ServerFlag.AUDIT_POLICY_FILE);
    if (file == null) {
      return null;
    }
    try {
      return PolicyFile.read(machine.disk().readString(file));
    } catch (IOException e) {
      throw new CliException(
          "loading audit policy file: failed to read file path \"%s\": %s"
              .formatted(file, e.getMessage()),
          e);
    } catch (ConfigurationException e) {
      throw new CliException(
          "loading audit policy file: %s: from file %s".formatted(e.getMessage(), file), e);
    }
  }

  private @Nullable LogBackend log() {
    Path path = flags.file(ServerFlag.AUDIT_LOG_PATH);
    if (path == null) {
      return null;
    }
    requireVersion(ServerFlag.AUDIT_LOG_VERSION);
    String format = flags.text(ServerFlag.AUDIT_LOG_FORMAT);
    if (!format.equals("json") && !format.equals("legacy")) {
      throw new CliException(
          "invalid audit log format %s, allowed formats are \"legacy,json\"".formatted(format));
    }
    boolean legacy = format.equals("legacy");
    AuditFile.Config file =
        new AuditFile.Config(
            path,
            natural(ServerFlag.AUDIT_LOG_MAXSIZE) * MEGABYTE,
            (int) natural(ServerFlag.AUDIT_LOG_MAXAGE),
            (int) natural(ServerFlag.AUDIT_LOG_MAXBACKUP),
            legacy);
    boolean output = path.toString().equals("-");
    return new LogBackend(output ? null : file, legacy, LOG.delivery(flags));
  }

  private @Nullable WebhookBackend webhook() {
    Path file = flags.file(ServerFlag.AUDIT_WEBHOOK_CONFIG_FILE);
    if (file == null) {
      return null;
    }
    requireVersion(ServerFlag.AUDIT_WEBHOOK_VERSION);
    try {
      return new WebhookBackend(
          WebhookConfig.read(file, machine),
          GoDuration.parse(flags.text(ServerFlag.AUDIT_WEBHOOK_INITIAL_BACKOFF)),
          WEBHOOK.delivery(flags));
    } catch (ConfigurationException e) {
      throw new CliException("initializing audit webhook: " + e.getMessage(), e);
    }
  }

  private void requireVersion(ServerFlag flag) {
    if (!flags.text(flag).equals(VERSION)) {
      throw new CliException(
          "%s=%s: invalid group version, allowed versions are [\"%s\"]"
              .formatted(flag.text(), flags.text(flag), VERSION));
    }
  }

  private long natural(ServerFlag flag) {
    long value = flags.number(flag);
    if (value < 0) {
      throw new CliException("%s %d can't be a negative number".formatted(flag.text(), value));
    }
    return value;
  }

  /** The flags of one back-end that say how events get there. */
  private record DeliveryFlags(
      String name,
      ServerFlag mode,
      ServerFlag bufferSize,
      ServerFlag maxSize,
      ServerFlag maxWait,
      ServerFlag throttle,
      ServerFlag perSecond,
      ServerFlag burst,
      ServerFlag truncate,
      ServerFlag maxBatchBytes,
      ServerFlag maxEventBytes) {

    Delivery delivery(ServerFlags flags) {
      return new Delivery(mode(flags.text(mode)), batch(flags), limits(flags));
    }

    private AuditMode mode(String text) {
      for (AuditMode each : AuditMode.values()) {
        if (each.text().equals(text)) {
          return each;
        }
      }
      throw new CliException(
          "invalid audit %s mode %s, allowed modes are \"%s\""
              .formatted(
                  name,
                  text,
                  Arrays.stream(AuditMode.values())
                      .map(AuditMode::text)
                      .collect(Collectors.joining(","))));
    }

    private Batch batch(ServerFlags flags) {
      boolean throttled = flags.truth(throttle);
      if (flags.text(mode).equals(AuditMode.BATCH.text())) {
        positive("batch " + name + " buffer size", flags.number(bufferSize));
        positive("batch " + name + " max batch size", flags.number(maxSize));
        if (throttled) {
          if (flags.fraction(perSecond) <= 0) {
            throw notPositive("batch " + name + " throttle QPS", flags.text(perSecond));
          }
          positive("batch " + name + " throttle burst", flags.number(burst));
        }
      }
      return new Batch(
          (int) flags.number(bufferSize),
          (int) flags.number(maxSize),
          GoDuration.parse(flags.text(maxWait)),
          throttled ? flags.fraction(perSecond) : 0,
          (int) flags.number(burst));
    }

    private @Nullable Limits limits(ServerFlags flags) {
      long event = flags.number(maxEventBytes);
      long batch = flags.number(maxBatchBytes);
      positive("truncate " + name + " max event size", event);
      if (batch < event) {
        throw new CliException(
            "invalid audit truncate %s max batch size %d, must be greater than max event size (%d)"
                .formatted(name, batch, event));
      }
      return flags.truth(truncate) ? new Limits(event, batch) : null;
    }

    private static void positive(String what, long value) {
      if (value <= 0) {
        throw notPositive(what, Long.toString(value));
      }
    }

    private static CliException notPositive(String what, String value) {
      return new CliException(
          "invalid audit %s %s, must be a positive number".formatted(what, value));
    }
  }
}
