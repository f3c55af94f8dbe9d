package io.tiphys.server.http;

/** The body of a request, which may still be on its way. */
@FunctionalInterface
public interface RequestBody {
  RequestBody EMPTY = of(new byte[0]);

  /**
   * The whole body; waits until it has arrived. Every caller gets the same array and never writes
   * to it.
   *
   * @throws io.tiphys.api.ApiFailure when it is too large, when there is no room for it, or when it
   *     did not come in time
   */
  byte[] bytes();

  static RequestBody of(byte[] bytes) {
    return () -> bytes;
  }
}
