package io.tiphys.network.pods;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.base.machine.Disk;
import io.tiphys.linux.IpPrefix;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address: a small file per sandbox, replaced whole, so that a process killed at any
 * instant leaves a whole record or none. A power cut may leave an empty or torn one, and ends the
 * sandbox too: such a record is dropped, its address free again.
 */
final class AddressAllocations {
  private static final Logger LOG = System.getLogger(AddressAllocations.class.getName());

  private final PodNetworkConfig config;
  private final Disk disk;
  private final Map<String, Attachment> taken = new TreeMap<>();
  private final Set<InetAddress> addresses = new HashSet<>();

  /** Where the search for the next free address begins: a given-back one rests for a round. */
  private long next = 2;

  private AddressAllocations(PodNetworkConfig config, Disk disk) {
    this.disk = disk;
    this.config = config;
  }

  static AddressAllocations open(PodNetworkConfig config, Disk disk) {
    AddressAllocations allocations = new AddressAllocations(config, disk);
    try {
      disk.createDirectories(config.folder());
      for (Path file : disk.list(config.folder())) {
        Attachment attachment = AtomicFile.isDraft(file) ? null : allocations.read(file);
        if (attachment == null) {
          disk.delete(file);
        } else {
          allocations.remember(attachment);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return allocations;
  }

  private void remember(Attachment attachment) {
    taken.put(attachment.sandboxId(), attachment);
    addresses.add(attachment.address().address());
  }

  synchronized Optional<Attachment> find(String sandboxId) {
    return Optional.ofNullable(taken.get(sandboxId));
  }

  synchronized List<Attachment> all() {
    return List.copyOf(taken.values());
  }

  /** The sandbox's recorded address, or a free one, recorded from now on. */
  synchronized Attachment give(PodNetwork.Sandbox sandbox) {
    Attachment known = taken.get(sandbox.id());
    if (known != null && config.podCidr().contains(known.address().address())) {
      return known;
    }
    InetAddress free = free();
    Attachment given =
        new Attachment(
            sandbox.id(),
            sandbox.podNamespace(),
            sandbox.podName(),
            new IpPrefix(free, 32),
            config.gateway(),
            LinkNames.mac(free),
            LinkNames.pod(config.profile(), sandbox.id()),
            sandbox.hostPorts());
    write(given);
    remember(given);
    return given;
  }

  private InetAddress free() {
    // Not the network's own, the gateway's and the broadcast address.
    long end = config.podCidr().size().longValueExact() - 1;
    for (long tried = 2; tried < end; tried++) {
      InetAddress candidate = config.podCidr().at(next);
      next = next + 1 < end ? next + 1 : 2;
      if (!addresses.contains(candidate)) {
        return candidate;
      }
    }
    throw new NoAddressLeft(config.podCidr());
  }

  synchronized void takeBack(String sandboxId) {
    Attachment attachment = taken.remove(sandboxId);
    if (attachment != null) {
      addresses.remove(attachment.address().address());
      try {
        disk.deleteIfExists(config.folder().resolve(sandboxId));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Deletes the folder. */
  synchronized void delete() {
    all().forEach(attachment -> takeBack(attachment.sandboxId()));
    try {
      disk.deleteIfExists(config.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The record in a file; null when it is empty or torn. */
  private @Nullable Attachment read(Path file) throws IOException {
    String text = new String(disk.readAllBytes(file), UTF_8);
    Properties record = new Properties();
    try {
      record.load(new StringReader(text));
      if (!text.endsWith("\n")) {
        throw new IllegalArgumentException("cut short");
      }
      return new Attachment(
          file.getFileName().toString(),
          record.getProperty("podNamespace", ""),
          record.getProperty("podName", ""),
          IpPrefix.parse(record.getProperty("address", "")),
          InetAddress.ofLiteral(record.getProperty("gateway", "")),
          record.getProperty("mac", ""),
          record.getProperty("link", ""),
          hostPorts(record.getProperty("hostPorts", "")));
    } catch (IllegalArgumentException torn) {
      LOG.log(Level.WARNING, "the address in {0} is lost: the file is damaged", file);
      return null;
    }
  }

  private static List<HostPort> hostPorts(String words) {
    return words.isEmpty()
        ? List.of()
        : Arrays.stream(words.split(" ")).map(HostPort::parse).toList();
  }

  private void write(Attachment attachment) {
    String record =
        """
        podNamespace=%s
        podName=%s
        address=%s
        gateway=%s
        mac=%s
        link=%s
        hostPorts=%s
        """
            .formatted(
                attachment.podNamespace(),
                attachment.podName(),
                attachment.address(),
                attachment.gateway().getHostAddress(),
                attachment.mac(),
                attachment.link(),
                attachment.hostPorts().stream()
                    .map(HostPort::text)
                    .collect(Collectors.joining(" ")));
    try {
      disk.replaceUnsynced(config.folder().resolve(attachment.sandboxId()), record.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
