package io.tiphys.server.http;

import io.tiphys.base.Clock;

/**
 * What all listeners of a process count together: the requests they served, and the connections,
 * sessions and bytes that their clients hold. Thread-safe.
 */
public final class ServerUsage {
  private final HttpMetrics metrics = new HttpMetrics();
  private final Connections connections;
  private final ByteBudget bodies;
  private final Sessions sessions;

  public ServerUsage(Clock clock) {
    this(clock, Limits.MAX_CONNECTIONS, Limits.MAX_BODIES_BYTES, Limits.MAX_SESSIONS);
  }

  ServerUsage(Clock clock, int maxConnections, long maxBodiesBytes, int maxSessions) {
    connections = new Connections(clock, maxConnections);
    bodies = new ByteBudget(maxBodiesBytes);
    sessions = new Sessions(maxSessions);
  }

  public HttpMetrics metrics() {
    return metrics;
  }

  Connections connections() {
    return connections;
  }

  ByteBudget bodies() {
    return bodies;
  }

  Sessions sessions() {
    return sessions;
  }
}
