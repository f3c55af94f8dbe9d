package io.tiphys.node.engine;

import io.tiphys.node.cri.PortConnection;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection whose every failure, but for those of its streams, is a CriException. */
record ContractConnection(PortConnection guarded) implements PortConnection {
  @Override
  public InputStream input() {
    return Failures.mapped(guarded::input);
  }

  @Override
  public OutputStream output() {
    return Failures.mapped(guarded::output);
  }

  @Override
  public void close() {
    Failures.mapped(guarded::close);
  }
}
