package io.tiphys.server.http;

/**
 * Where to listen.
 *
 * @param address IP address or host name to bind
 * @param port 0 for a free one
 */
public record ListenerConfig(String address, int port) {}
