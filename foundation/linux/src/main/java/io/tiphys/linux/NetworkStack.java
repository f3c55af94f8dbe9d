package io.tiphys.linux;

import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One network namespace from a caller's point of view: its links, its packet rules, its settings.
 * Usually the host's own; a test's or a second node's when it is named by a pinning file.
 */
public final class NetworkStack implements Lifecycle {
  private final Optional<Path> namespace;
  private final Closer opened = new Closer();
  private final Netlink netlink;
  private @Nullable Nftables nftables;
  private @Nullable Conntrack conntrack;

  private NetworkStack(Optional<Path> namespace) {
    this.namespace = namespace;
    this.netlink = opened.add(visit(Netlink::open));
  }

  /** The namespace of this process. */
  public static NetworkStack host() {
    return new NetworkStack(Optional.empty());
  }

  /** The namespace that {@code pin} holds. */
  public static NetworkStack in(Path pin) {
    return new NetworkStack(Optional.of(pin));
  }

  public Netlink netlink() {
    return netlink;
  }

  /**
   * The packet rules, opened when first asked for.
   *
   * @throws LinuxFailure if nftables is not installed
   */
  public synchronized Nftables nftables() {
    if (nftables == null) {
      nftables = opened.add(visit(Nftables::open));
    }
    return nftables;
  }

  /** The flows that the kernel remembers, opened when first asked for. */
  public synchronized Conntrack conntrack() {
    if (conntrack == null) {
      conntrack = opened.add(visit(Conntrack::open));
    }
    return conntrack;
  }

  /** Sets {@code /proc/sys/net/NAME}, such as {@code ipv4/ip_forward}. */
  public void setSysctl(String name, String value) {
    visit(
        () -> {
          Path file = Path.of("/proc/sys/net", name);
          try {
            return Files.writeString(file, value);
          } catch (IOException e) {
            throw new LinuxFailure("write " + value + " to " + file, e);
          }
        });
  }

  /** The value of {@code /proc/sys/net/NAME}; empty if this kernel has no such setting. */
  public Optional<String> sysctl(String name) {
    return visit(
        () -> {
          try {
            return Optional.of(Files.readString(Path.of("/proc/sys/net", name)).strip());
          } catch (IOException e) {
            return Optional.empty();
          }
        });
  }

  /** Runs {@code work} inside, by the rules of {@link Namespaces}. */
  public <T> T visit(Callable<T> work) {
    if (namespace.isPresent()) {
      return Namespaces.inNetwork(namespace.get(), work);
    }
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new LinuxFailure("work on the network", e);
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
