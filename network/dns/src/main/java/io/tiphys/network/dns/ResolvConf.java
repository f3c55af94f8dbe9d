package io.tiphys.network.dns;

import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The servers that a resolv.conf names, read again when the file has changed. Thread-safe. */
final class ResolvConf implements Supplier<List<InetSocketAddress>> {
  private static final Logger LOG = System.getLogger(ResolvConf.class.getName());

  private static final int DNS_PORT = 53;
  private static final FileTime NEVER = FileTime.fromMillis(0);

  /** More than these resolvers ignore too. */
  private static final int SERVERS = 3;

  private final Disk disk;
  private final Path file;
  private FileTime read = NEVER;
  private List<InetSocketAddress> servers = List.of();

  ResolvConf(Disk disk, Path file) {
    this.disk = disk;
    this.file = file;
  }

  @Override
  public synchronized List<InetSocketAddress> get() {
    try {
      FileTime changed = disk.getLastModifiedTime(file);
      if (!changed.equals(read)) {
        servers = parse(disk.readAllLines(file));
        read = changed;
      }
    } catch (NoSuchFileException e) {
      servers = List.of();
      read = NEVER;
    } catch (IOException e) {
      // In the middle of being replaced, perhaps; what was read last will do until it is back.
      LOG.log(Level.WARNING, "cannot read " + file, e);
    }
    return servers;
  }

  static List<InetSocketAddress> parse(List<String> lines) {
    return lines.stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
        .map(words -> Endpoints.parse(words[1]))
        .flatMap(Optional::stream)
        .map((InetAddress ip) -> new InetSocketAddress(ip, DNS_PORT))
        .limit(SERVERS)
        .toList();
  }
}
