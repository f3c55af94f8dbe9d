package io.tiphys.network.pods;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A port of the node that leads to a pod.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param hostIp the node's address that it is open at; empty or 0.0.0.0 for all
 */
public record HostPort(String protocol, String hostIp, int hostPort, int podPort) {
  private static final String EVERYWHERE = "0.0.0.0";
  private static final int LAST_PORT = 65535;

  public HostPort {
    hostIp = hostIp.isEmpty() ? EVERYWHERE : hostIp;
    boolean known = protocol.equals("tcp") || protocol.equals("udp") || protocol.equals("sctp");
    if (!known || !isPort(hostPort) || !isPort(podPort)) {
      throw new IllegalArgumentException("not a port of the node: " + protocol + " " + hostPort);
    }
    // Throws where it is no address: what is not one must not reach the packet rules.
    hostIp = InetAddress.ofLiteral(hostIp).getHostAddress();
  }

  private static boolean isPort(int port) {
    return port > 0 && port <= LAST_PORT;
  }

  boolean isEverywhere() {
    return hostIp.equals(EVERYWHERE);
  }

  /** Pods have IPv4 alone: a port at an address of the other family leads nowhere. */
  boolean isIpv4() {
    return InetAddress.ofLiteral(hostIp) instanceof Inet4Address;
  }

  /** One word, as {@link #parse} reads it. */
  String text() {
    return protocol + "/" + hostPort + "/" + podPort + "/" + hostIp;
  }

  /**
   * @throws IllegalArgumentException for what {@link #text} has not written
   */
  static HostPort parse(String text) {
    String[] parts = text.split("/", 4);
    if (parts.length < 4) {
      throw new IllegalArgumentException("not a port of the node: " + text);
    }
    return new HostPort(parts[0], parts[3], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }
}
