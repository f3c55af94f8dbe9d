package io.tiphys.server.audit;

import io.tiphys.base.Lifecycle;
import io.tiphys.server.http.Request;
import java.util.List;
import java.util.Set;

/** Where audit events go. Thread-safe; never throws. */
public interface AuditLog extends Lifecycle {
  /**
   * Takes events.
   *
   * @return false when one is lost and whoever has just come must not be let in for that
   */
  boolean record(List<AuditEvent> events);

  /** What is to be recorded of a request. */
  default Wanted wanted(Request request) {
    return Wanted.METADATA;
  }

  /** Whether {@link #record} may wait for a disk or for another machine. */
  default boolean blocks() {
    return false;
  }

  /**
   * What is recorded of one request.
   *
   * @param omitStages of which there is no event
   * @param omitManagedFields whether objects are told without them
   */
  record Wanted(AuditLevel level, Set<AuditEvent.Stage> omitStages, boolean omitManagedFields) {
    static final Wanted NOTHING = new Wanted(AuditLevel.NONE, Set.of(), false);
    static final Wanted METADATA = new Wanted(AuditLevel.METADATA, Set.of(), false);

    public Wanted {
      omitStages = Set.copyOf(omitStages);
    }

    boolean anything() {
      return level != AuditLevel.NONE;
    }
  }

  /** No audit, as long as nobody asks for one. */
  AuditLog OFF =
      new AuditLog() {
        @Override
        public boolean record(List<AuditEvent> events) {
          return true;
        }

        @Override
        public Wanted wanted(Request request) {
          return Wanted.NOTHING;
        }

        @Override
        public void close() {}
      };

  /** Events go to each of {@code logs}. */
  static AuditLog toAll(List<AuditLog> logs) {
    return logs.size() == 1 ? logs.getFirst() : new AllLogs(logs);
  }
}
