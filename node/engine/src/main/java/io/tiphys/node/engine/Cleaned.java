package io.tiphys.node.engine;

import io.tiphys.node.cri.StreamingSession;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session that clears up after itself when it is closed. */
record Cleaned(StreamingSession session, Runnable cleaning, AtomicBoolean closed)
    implements StreamingSession {
  Cleaned(StreamingSession session, Runnable cleaning) {
    this(session, cleaning, new AtomicBoolean());
  }

  @Override
  public OutputStream stdin() {
    return session.stdin();
  }

  @Override
  public InputStream stdout() {
    return session.stdout();
  }

  @Override
  public InputStream stderr() {
    return session.stderr();
  }

  @Override
  public void resize(int columns, int rows) {
    session.resize(columns, rows);
  }

  @Override
  public int waitFor() throws InterruptedException {
    return session.waitFor();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      session.close();
      cleaning.run();
    }
  }
}
