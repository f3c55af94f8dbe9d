package io.tiphys.node.engine;

import io.tiphys.node.cri.StreamingSession;
import java.io.InputStream;
import java.io.OutputStream;

/** A session whose every failure, but for those of its streams, is a CriException. */
record ContractSession(StreamingSession guarded) implements StreamingSession {
  @Override
  public OutputStream stdin() {
    return Failures.mapped(guarded::stdin);
  }

  @Override
  public InputStream stdout() {
    return Failures.mapped(guarded::stdout);
  }

  @Override
  public InputStream stderr() {
    return Failures.mapped(guarded::stderr);
  }

  @Override
  public void resize(int columns, int rows) {
    Failures.mapped(() -> guarded.resize(columns, rows));
  }

  @Override
  public int waitFor() throws InterruptedException {
    try {
      return guarded.waitFor();
    } catch (RuntimeException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public void close() {
    Failures.mapped(guarded::close);
  }
}
