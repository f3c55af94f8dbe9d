package io.tiphys.server.audit;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;

/** Whether requests wait until their events are stored: upstream's modes of a back-end. */
public enum AuditMode {
  /** They do not; events go in batches. */
  BATCH("batch"),
  /** They do, and go on if that fails. */
  BLOCKING("blocking"),
  /** They do, and are refused if that fails when they come. */
  BLOCKING_STRICT("blocking-strict");

  private final String text;

  AuditMode(String text) {
    this.text = text;
  }

  /** As flags write it. */
  public String text() {
    return text;
  }

  AuditLog of(AuditLog log, BatchedAudit.Config batch, Clock clock, Loops loops) {
    return switch (this) {
      case BATCH -> BatchedAudit.open(batch, log, clock, loops);
      case BLOCKING -> new LossyAudit(log);
      case BLOCKING_STRICT -> log;
    };
  }
}
