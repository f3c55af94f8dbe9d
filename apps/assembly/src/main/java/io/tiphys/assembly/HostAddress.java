package io.tiphys.assembly;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The address under which this machine is known to others; as ResolveBindAddress of
 * apimachinery/pkg/util/net/interface.go: what was bound, unless that is all addresses or loopback;
 * then that of the link which the default route leaves by.
 */
final class HostAddress {
  private static final Path ROUTES = Path.of("/proc/net/route");

  private HostAddress() {}

  /** The address to tell others when the API is bound to {@code bind}; nothing if there is none. */
  static Optional<String> advertised(String bind) {
    try {
      InetAddress bound = InetAddress.getByName(bind);
      if (!bound.isAnyLocalAddress() && !bound.isLoopbackAddress()) {
        return Optional.of(bound.getHostAddress());
      }
      Optional<String> link = defaultLink(Files.readString(ROUTES));
      NetworkInterface leaving = link.isEmpty() ? null : NetworkInterface.getByName(link.get());
      return leaving == null
          ? Optional.empty()
          : leaving
              .inetAddresses()
              .filter(Inet4Address.class::isInstance)
              .map(InetAddress::getHostAddress)
              .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The link of the default route in the kernel's table of IPv4 routes. */
  static Optional<String> defaultLink(String table) {
    return table
        .lines()
        .skip(1)
        .map(line -> line.trim().split("\\s+"))
        .filter(columns -> columns[1].equals("00000000") && columns[7].equals("00000000"))
        .map(columns -> columns[0])
        .findFirst();
  }
}
