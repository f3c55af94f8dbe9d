package io.tiphys.server.audit;

import io.tiphys.base.Lifecycle;

/** Where audit events go. Thread-safe; {@link #record} never blocks for long and never fails. */
public interface AuditLog extends Lifecycle {
  /**
   * @param event one JSON object, without a line end
   */
  void record(byte[] event);

  /** Whether anyone wants the events; if not, none are made. */
  default boolean wanted() {
    return true;
  }

  /** No audit, as long as nobody asks for one. */
  AuditLog OFF =
      new AuditLog() {
        @Override
        public void record(byte[] event) {}

        @Override
        public boolean wanted() {
          return false;
        }

        @Override
        public void close() {}
      };
}
