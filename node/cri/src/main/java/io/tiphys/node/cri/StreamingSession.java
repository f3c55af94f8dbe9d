package io.tiphys.node.cri;

import io.tiphys.base.Lifecycle;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A process with its streams. Each stream may be used by a thread of its own, a platform thread:
 * pipes hold it in the kernel. Closing an exec session kills the process; closing an attached one
 * only leaves it.
 */
public interface StreamingSession extends Lifecycle {
  /** Where to write its standard input; closing it ends the input. Discards when not wanted. */
  OutputStream stdin();

  /** Ends when the process and its heirs have closed it. Empty when not wanted. */
  InputStream stdout();

  /** Empty when not wanted or with a terminal. */
  InputStream stderr();

  /** Changes the terminal's size, in characters; nothing without a terminal. */
  void resize(int columns, int rows);

  /** Blocks until the process ends; its exit code, 128 + n after signal n. */
  int waitFor() throws InterruptedException;
}
