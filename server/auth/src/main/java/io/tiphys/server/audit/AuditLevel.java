package io.tiphys.server.audit;

import io.tiphys.server.http.AuditNotes.Detail;

/** How much is recorded of a request: the levels of audit.k8s.io/v1, each more than the last. */
public enum AuditLevel {
  NONE("None"),
  METADATA("Metadata"),
  REQUEST("Request"),
  REQUEST_RESPONSE("RequestResponse");

  private final String text;

  AuditLevel(String text) {
    this.text = text;
  }

  /** As policies and events write it. */
  public String text() {
    return text;
  }

  Detail detail() {
    return switch (this) {
      case NONE, METADATA -> Detail.METADATA;
      case REQUEST -> Detail.REQUEST;
      case REQUEST_RESPONSE -> Detail.REQUEST_RESPONSE;
    };
  }
}
