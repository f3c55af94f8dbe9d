package io.tiphys.server.http;

/** What belongs to one request from its arrival until its answer has been sent. */
public interface RequestScope {
  /** A request that did not come through the listener: its caller waits, and has its answer. */
  RequestScope LOCAL =
      new RequestScope() {
        @Override
        public boolean mayWait() {
          return true;
        }

        @Override
        public String auditId() {
          return "";
        }

        @Override
        public String target() {
          return "";
        }

        @Override
        public AuditNotes audit() {
          return new AuditNotes();
        }

        @Override
        public void onAnswered(Runnable release) {
          release.run();
        }
      };

  /** False while the request is handled on an event loop; see {@link MustWait}. */
  boolean mayWait();

  /** Names the request in the audit log and, as {@code Audit-Id}, in its answer. */
  String auditId();

  /** The address as the client sent it, with its query; empty from inside the process. */
  String target();

  /** What is to be told of the request in the audit log. */
  AuditNotes audit();

  /**
   * Gives back what the request holds: once its answer has been written, or begins to grow, or can
   * no longer be written.
   *
   * @param release quick; never fails
   */
  void onAnswered(Runnable release);
}
