package io.tiphys.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What this process may do: its effective capabilities. */
public final class Capabilities {
  /** The capabilities that callers ask about, with the kernel's numbers. */
  public enum Capability {
    CAP_CHOWN(0),
    CAP_DAC_OVERRIDE(1),
    CAP_KILL(5),
    CAP_NET_BIND_SERVICE(10),
    CAP_NET_ADMIN(12),
    CAP_NET_RAW(13),
    CAP_SYS_CHROOT(18),
    CAP_SYS_ADMIN(21),
    CAP_SYS_RESOURCE(24),
    CAP_MKNOD(27);

    private final int bit;

    Capability(int bit) {
      this.bit = bit;
    }
  }

  /** What running containers takes. */
  public static final Set<Capability> FOR_CONTAINERS =
      EnumSet.of(
          Capability.CAP_SYS_ADMIN,
          Capability.CAP_NET_ADMIN,
          Capability.CAP_CHOWN,
          Capability.CAP_MKNOD);

  private final long effective;

  private Capabilities(long effective) {
    this.effective = effective;
  }

  /** Those of this process, now. */
  public static Capabilities current() {
    try {
      return of(Files.readAllLines(Path.of("/proc/self/status")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Capabilities of(List<String> status) {
    String prefix = "CapEff:";
    return status.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> new Capabilities(Long.parseUnsignedLong(line.substring(7).strip(), 16)))
        .findFirst()
        .orElseGet(() -> new Capabilities(0));
  }

  public boolean has(Capability capability) {
    return (effective & 1L << capability.bit) != 0;
  }

  /** Those of {@code wanted} that are not there, in the kernel's order. */
  public Set<Capability> missing(Set<Capability> wanted) {
    EnumSet<Capability> missing = EnumSet.noneOf(Capability.class);
    wanted.stream().filter(c -> !has(c)).forEach(missing::add);
    return missing;
  }
}
