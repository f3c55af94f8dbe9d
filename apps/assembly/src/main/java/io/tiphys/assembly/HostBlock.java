package io.tiphys.assembly;

import io.tiphys.linux.IpPrefix;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Addresses that this machine reaches through one of its links: a cluster must not take them, be
 * they a network of the user's or another cluster's, whose folder may lie anywhere.
 */
record HostBlock(String link, IpPrefix addresses) {
  private static final Path ROUTES = Path.of("/proc/net/route");

  /** What routes and links of this machine have taken. */
  static List<HostBlock> inUse() throws IOException {
    List<HostBlock> all = new ArrayList<>(addressesOfLinks());
    try {
      all.addAll(routes(Files.readString(ROUTES)));
    } catch (NoSuchFileException e) {
      return all; // a kernel without IPv4 has none
    }
    return all;
  }

  /**
   * Reads the kernel's table of IPv4 routes: a line each, addresses in hexadecimal with their bytes
   * reversed. The default route takes nothing.
   */
  static List<HostBlock> routes(String table) {
    List<HostBlock> blocks = new ArrayList<>();
    for (String line : table.lines().skip(1).toList()) {
      String[] columns = line.trim().split("\\s+");
      int length = Integer.bitCount(HexFormat.fromHexDigits(columns[7]));
      if (length > 0) {
        blocks.add(new HostBlock(columns[0], IpPrefix.parse(address(columns[1]) + "/" + length)));
      }
    }
    return blocks;
  }

  private static String address(String reversed) {
    int bytes = HexFormat.fromHexDigits(reversed);
    return "%d.%d.%d.%d"
        .formatted(bytes & 0xff, (bytes >> 8) & 0xff, (bytes >> 16) & 0xff, bytes >>> 24);
  }

  private static List<HostBlock> addressesOfLinks() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(
            link ->
                link.inetAddresses()
                    .filter(Inet4Address.class::isInstance)
                    .map(at -> new HostBlock(link.getName(), new IpPrefix(at, Integer.SIZE))))
        .toList();
  }
}
