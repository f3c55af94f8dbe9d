package io.tiphys.server.audit;

import io.tiphys.base.Lifecycle;

/** Where audit events go. Thread-safe; {@link #record} never blocks for long and never fails. */
public interface AuditLog extends Lifecycle {
  /**
   * @param event one JSON object, without a line end
   */
  void record(byte[] event);
}
