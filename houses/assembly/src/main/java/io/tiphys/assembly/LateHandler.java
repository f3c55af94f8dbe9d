package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.door.Handler;
import io.tiphys.server.door.Request;
import io.tiphys.server.door.Response;
import org.jspecify.annotations.Nullable;

/**
 * Leads to a hall that is opened after the door: only an open door knows its port, and the hall
 * must know it.
 */
final class LateHandler implements Handler {
  private volatile @Nullable Handler hall;

  void lead(Handler handler) {
    hall = handler;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Handler present = hall;
    if (present == null) {
      throw ApiFailure.serviceUnavailable("the server is starting");
    }
    return present.handle(request);
  }

  @Override
  public boolean mayBlock(Request request) {
    Handler present = hall;
    return present == null || present.mayBlock(request);
  }
}
