package io.tiphys.server.audit;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.server.webhook.WebhookConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded and where; without a policy, and without a place, nothing is. As
 * server/options/audit.go of apiserver/pkg.
 */
public record AuditConfig(
    @Nullable AuditPolicy policy, @Nullable LogBackend log, @Nullable WebhookBackend webhook) {
  /** No audit. */
  public static final AuditConfig NONE = new AuditConfig(null, null, null);

  /**
   * Events in a file.
   *
   * @param file null for the process's own output
   */
  public record LogBackend(AuditFile.@Nullable Config file, boolean legacy, Delivery delivery) {}

  /** Events sent to another server. */
  public record WebhookBackend(WebhookConfig at, Duration initialBackoff, Delivery delivery) {}

  /**
   * How events get to a back-end.
   *
   * @param batch only for {@link AuditMode#BATCH}
   * @param limits null for no limits
   */
  public record Delivery(AuditMode mode, Batch batch, @Nullable Limits limits) {}

  /**
   * How events gather for {@link AuditMode#BATCH}.
   *
   * @param perSecond batches; 0 for as many as there are
   * @param burst batches at once where fewer were sent before
   */
  public record Batch(int bufferSize, int maxSize, Duration maxWait, double perSecond, int burst) {}

  /** The largest event and the largest batch. */
  public record Limits(long maxEventBytes, long maxBatchBytes) {}

  /**
   * Opens the back-ends.
   *
   * @param out the process's own output
   * @throws IOException if the file cannot be written
   */
  public AuditLog open(
      Machine machine, PrintStream out, Clock clock, Loops loops, RandomGenerator random)
      throws IOException {
    if (policy == null) {
      return AuditLog.OFF;
    }
    List<AuditLog> logs = new ArrayList<>();
    if (log != null) {
      AuditLog plain =
          log.file() == null
              ? new AuditStream(out, log.legacy())
              : AuditFile.open(log.file(), machine.disk(), clock);
      // One event at a time: files gain nothing from batches.
      logs.add(delivered(plain, log.delivery(), false, clock, loops));
    }
    if (webhook != null) {
      AuditLog plain =
          new AuditWebhook(webhook.at().open(machine, webhook.initialBackoff(), clock, random));
      logs.add(delivered(plain, webhook.delivery(), true, clock, loops));
    }
    return logs.isEmpty() ? AuditLog.OFF : new PolicedAudit(policy, AuditLog.toAll(logs));
  }

  private static AuditLog delivered(
      AuditLog plain, Delivery delivery, boolean aside, Clock clock, Loops loops) {
    Batch batch = delivery.batch();
    BatchedAudit.Throttle throttle =
        batch.perSecond() > 0 ? new BatchedAudit.Throttle(batch.perSecond(), batch.burst()) : null;
    BatchedAudit.Config config =
        new BatchedAudit.Config(
            batch.bufferSize(), batch.maxSize(), batch.maxWait(), throttle, aside);
    AuditLog log = delivery.mode().of(plain, config, clock, loops);
    Limits limits = delivery.limits();
    return limits == null
        ? log
        : new TruncatedAudit(limits.maxEventBytes(), limits.maxBatchBytes(), log);
  }
}
