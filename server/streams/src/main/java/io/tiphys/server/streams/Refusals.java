package io.tiphys.server.streams;

import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Response;
import java.util.List;

/** Why a connection is not upgraded, in upstream's words. */
final class Refusals {
  private Refusals() {}

  /** Upstream's httpstream.Handshake. */
  static Response.Full noCommonProtocol(List<String> offered, List<String> known) {
    return Answers.text(
        403,
        "unable to upgrade: unable to negotiate protocol: client supports %s, server accepts %s\n"
            .formatted(goList(offered), goList(known)));
  }

  /** Upstream's UpgradeAwareHandler. */
  static Response.Full upgradeRequired() {
    return Answers.failure(io.tiphys.api.ApiFailure.badRequest("Upgrade request required"));
  }

  private static String goList(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }
}
