package io.tiphys.server.http;

import java.time.Duration;

/** What one client may ask of the listener. */
final class Limits {
  /** Upstream's MaxRequestBodyBytes: twice etcd's largest request. */
  static final int MAX_BODY_BYTES = 3 * 1024 * 1024;

  /**
   * Bytes of bodies that all requests under way hold together: forty of the largest, or tens of
   * thousands of ordinary ones.
   */
  static final long MAX_BODIES_BYTES = 128L * 1024 * 1024;

  /**
   * What may arrive of a body before its sender is known: ordinary objects are read without a pause
   * between head and body.
   */
  static final int MAX_EARLY_BODY_BYTES = 64 * 1024;

  /** What is still read of a refused request so that its answer arrives. */
  static final int MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

  /** Go's rstAvoidanceDelay: how long a client may go on sending after its last answer. */
  static final Duration LINGER = Duration.ofMillis(500);

  /** Go clients drop idle connections after 90 seconds; upstream's IdleTimeout is the same. */
  static final Duration IDLE = Duration.ofSeconds(90);

  /** How often idle connections are looked for: a few seconds more or less harm nobody. */
  static final Duration IDLE_SWEEP = Duration.ofSeconds(15);

  /**
   * Connections at a time: every agent of the largest cluster and as many other clients. TLS alone
   * takes some 50 kB of each.
   */
  static final int MAX_CONNECTIONS = 10_000;

  /**
   * Idle connections that give way at once when there are too many: one scan for many newcomers.
   */
  static final int CLOSED_AT_ONCE = 64;

  /** Connections that left HTTP; each may hold a process on a node and several threads here. */
  static final int MAX_SESSIONS = 2_000;

  /** Room for long label selectors and many impersonation headers; Go's own limit is 1 MiB. */
  static final int MAX_REQUEST_LINE_BYTES = 256 * 1024;

  static final int MAX_HEADER_BYTES = 256 * 1024;

  /** Query parameters beyond this are an attack on the map that holds them. */
  static final int MAX_QUERY_PARAMETERS = 1024;

  /** Requests a client may send ahead on one HTTP/1.1 connection; no known client sends any. */
  static final int MAX_PIPELINED_MESSAGES = 64;

  /** Go's default for a server; informers of a whole controller manager fit on one connection. */
  static final int MAX_STREAMS_PER_CONNECTION = 250;

  /** Bytes a client may send on one stream before we consume: one read of an ordinary object. */
  static final int STREAM_WINDOW_BYTES = 256 * 1024;

  /**
   * Cancelled watches within {@link #RESET_WINDOW_SECONDS}; more is the rapid-reset attack. A
   * client that restarts hundreds of informers stays below.
   */
  static final int MAX_RESETS_PER_WINDOW = 2000;

  static final int RESET_WINDOW_SECONDS = 10;

  /** Upstream's --request-timeout. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

  /** How often overdue requests are looked for: a deadline is kept to this precision. */
  static final Duration DEADLINE_SWEEP = Duration.ofMillis(500);

  /** Time to finish a TLS handshake. */
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** Bytes handed to TLS at once; larger answers wait for the client between pieces. */
  static final int WRITE_CHUNK_BYTES = 128 * 1024;

  /** Bytes that may wait for one slow client before its writer is blocked. */
  static final int WRITE_BUFFER_HIGH_BYTES = 256 * 1024;

  static final int WRITE_BUFFER_LOW_BYTES = 64 * 1024;

  /**
   * How long a client may leave its full buffer unread: as long as an ordinary request may take.
   * Three kilobytes a second are enough to keep a connection.
   */
  static final Duration WRITE_PATIENCE = Duration.ofSeconds(60);

  /** Upstream's defaultGzipThresholdBytes. */
  static final int GZIP_THRESHOLD_BYTES = 128 * 1024;

  /** Upstream's level: the cheapest; higher ones gain little on objects. */
  static final int GZIP_LEVEL = 1;

  /** How long closing waits for requests under way. */
  static final Duration DRAIN = Duration.ofSeconds(5);

  /** Label sets of one metric; paths are the clients' to invent, so they need a bound. */
  static final int MAX_METRIC_SERIES = 4096;

  private Limits() {}
}
