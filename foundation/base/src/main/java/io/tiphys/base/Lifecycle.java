package io.tiphys.base;

/** Something that was opened and runs until it is closed. Closing twice does nothing. */
public interface Lifecycle extends AutoCloseable {
  /** Stops the work and gives back what it holds; returns when both are done. */
  @Override
  void close();
}
