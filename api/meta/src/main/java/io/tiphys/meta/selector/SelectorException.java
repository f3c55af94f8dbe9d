package io.tiphys.meta.selector;

/** A selector that cannot be understood; the message is upstream's. */
public final class SelectorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SelectorException(String message) {
    super(message);
  }
}
