package io.tiphys.server.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** A client that has gone: lets go of bodies that nobody will read. */
enum ClosedSink implements Response.Sink {
  INSTANCE;

  private static final Logger LOG = System.getLogger(ClosedSink.class.getName());

  /** Has the body close what it holds open. */
  static void drain(Response.Body body) throws InterruptedException {
    try {
      body.writeTo(INSTANCE);
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "a body without a reader was let go", e);
    }
  }

  @Override
  public void write(List<byte[]> pieces) {
    throw Outflow.clientGone();
  }

  @Override
  public void onClose(Runnable action) {
    action.run();
  }
}
