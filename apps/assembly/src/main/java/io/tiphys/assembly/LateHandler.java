package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import org.jspecify.annotations.Nullable;

/**
 * Leads to an API server that is opened after the listener: only an open listener knows its port,
 * and the API server must know it.
 */
final class LateHandler implements Handler {
  private volatile @Nullable Handler apiServer;

  void lead(Handler handler) {
    apiServer = handler;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Handler present = apiServer;
    if (present == null) {
      throw ApiFailure.serviceUnavailable("the server is starting");
    }
    return present.handle(request);
  }

  @Override
  public boolean mayBlock(Request request) {
    Handler present = apiServer;
    return present == null || present.mayBlock(request);
  }
}
