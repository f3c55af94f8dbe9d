package io.tiphys.server.streams;

import io.tiphys.codec.Json;
import io.tiphys.server.http.Request;

/** Admission of a connection, which may refuse it as any other verb. */
@FunctionalInterface
public interface ConnectAdmission {
  /**
   * @param options what is asked of the connection, such as PodExecOptions
   * @throws io.tiphys.api.ApiFailure to refuse
   */
  void admit(Request request, Json.Obj options) throws InterruptedException;
}
