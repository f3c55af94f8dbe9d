package io.tiphys.store;

/** The store could not do its work: full disk, damaged files, closed. */
public class StoreException extends RuntimeException {
  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
