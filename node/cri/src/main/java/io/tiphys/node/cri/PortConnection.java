package io.tiphys.node.cri;

import io.tiphys.base.Lifecycle;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection to a port inside a sandbox. */
public interface PortConnection extends Lifecycle {
  InputStream input();

  /** Closing it says end of stream to the other side and leaves {@link #input} open. */
  OutputStream output();
}
