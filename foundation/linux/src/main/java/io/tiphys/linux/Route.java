package io.tiphys.linux;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route of the main table.
 *
 * @param destination {@code 0.0.0.0/0} for the default route
 * @param gateway null for neighbours reached directly
 * @param link the index of the interface to leave by
 * @param source the address of ours to send from, null to let the kernel choose
 */
public record Route(
    IpPrefix destination, @Nullable InetAddress gateway, int link, @Nullable InetAddress source) {
  public Route(IpPrefix destination, @Nullable InetAddress gateway, int link) {
    this(destination, gateway, link, null);
  }
}
