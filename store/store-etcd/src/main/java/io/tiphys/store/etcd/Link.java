package io.tiphys.store.etcd;

import io.tiphys.store.etcd.grpc.GrpcConnection;

/**
 * A connection that many calls share, with the token that counts there. One that is retired takes
 * no new calls and is closed when the last of those under way has ended. Thread-safe.
 */
final class Link {
  private final GrpcConnection connection;
  private String token;
  private int calls;
  private boolean retired;

  /**
   * @param token empty where nobody is asked who he is
   */
  Link(GrpcConnection connection, String token) {
    this.connection = connection;
    this.token = token;
  }

  GrpcConnection connection() {
    return connection;
  }

  synchronized String token() {
    return token;
  }

  synchronized void renew(String next) {
    token = next;
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  synchronized void begin() {
    calls++;
  }

  synchronized void end() {
    calls--;
    closeIfUnused();
  }

  synchronized void retire() {
    retired = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (retired && calls == 0) {
      connection.close();
    }
  }
}
