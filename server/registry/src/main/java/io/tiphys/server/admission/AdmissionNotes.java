package io.tiphys.server.admission;

/** Where a plugin leaves what it has to say beside letting pass or refusing. */
public interface AdmissionNotes {
  /** Of a caller within this process: nobody reads them. */
  AdmissionNotes NONE =
      new AdmissionNotes() {
        @Override
        public void warn(String message) {}

        @Override
        public void annotate(String key, String value) {}
      };

  /** Something for the client to hear beside the answer. */
  void warn(String message);

  /** Something for the audit events of the request. */
  void annotate(String key, String value);
}
