package io.tiphys.assembly;

import io.tiphys.cli.CliException;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Profile;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.linux.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster was given or chose at its first start and keeps from then on: an address that
 * changed would break kubeconfigs, one that overlapped another profile's would break both.
 *
 * @param apiPort 0 until the first start has found one
 */
record Settings(int apiPort, String nodeName, IpPrefix podCidr, IpPrefix serviceCidr) {
  private static final String FILE = "cluster.json";

  /** Blocks to choose from, one for each profile; more profiles than that need --pod-cidr. */
  private static final int BLOCKS = 200;

  /**
   * What an earlier start wrote, changed by what this one was told.
   *
   * @throws CliException when a given block is none, or nothing is left to choose from
   */
  static Settings of(Profile profile, ClusterOptions options) {
    Settings earlier = read(profile.root());
    List<Settings> neighbours = neighbours(profile);
    return new Settings(
        options.apiPort() != 0 ? options.apiPort() : earlier == null ? 0 : earlier.apiPort,
        given(options.nodeName(), earlier == null ? profile.name() : earlier.nodeName),
        block(
            options.podCidr(),
            earlier == null ? null : earlier.podCidr,
            "10.244.%d.0/24",
            neighbours.stream().map(Settings::podCidr).toList()),
        block(
            options.serviceCidr(),
            earlier == null ? null : earlier.serviceCidr,
            "10.96.%d.0/24",
            neighbours.stream().map(Settings::serviceCidr).toList()));
  }

  Settings withApiPort(int port) {
    return new Settings(port, nodeName, podCidr, serviceCidr);
  }

  /** The address that pods ask for names: the tenth of the services', as kubeadm chooses. */
  String dnsAddress() {
    return serviceCidr.at(10).getHostAddress();
  }

  void write(Path root) throws IOException {
    Json.Obj members =
        Json.Obj.builder()
            .put("apiPort", apiPort)
            .put("nodeName", nodeName)
            .put("podCidr", podCidr.toString())
            .put("serviceCidr", serviceCidr.toString())
            .build();
    Path next = root.resolve(FILE + ".next");
    Files.write(next, members.toBytes());
    Files.move(
        next,
        root.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** What the cluster in a folder has, or null if it never started. */
  static @Nullable Settings read(Path root) {
    Path file = root.resolve(FILE);
    try {
      if (Json.parse(Files.readAllBytes(file)) instanceof Json.Obj members
          && members.get("apiPort") instanceof Json.Int(long port)
          && members.get("nodeName") instanceof Json.Str(String node)
          && members.get("podCidr") instanceof Json.Str(String pods)
          && members.get("serviceCidr") instanceof Json.Str(String services)) {
        return new Settings((int) port, node, IpPrefix.parse(pods), IpPrefix.parse(services));
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | CodecException e) {
      throw new CliException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
    throw new CliException(file + " is damaged; tiphys delete removes the cluster");
  }

  private static List<Settings> neighbours(Profile profile) {
    List<Settings> all = new ArrayList<>();
    for (Profile neighbour : profile.neighbours()) {
      Settings settings = read(neighbour.root());
      if (settings != null) {
        all.add(settings);
      }
    }
    return all;
  }

  private static String given(String told, String otherwise) {
    return told.isEmpty() ? otherwise : told;
  }

  private static IpPrefix block(
      String told, @Nullable IpPrefix earlier, String pattern, List<IpPrefix> taken) {
    if (!told.isEmpty()) {
      try {
        return IpPrefix.parse(told);
      } catch (IllegalArgumentException e) {
        throw new CliException("no block of addresses: " + told, e);
      }
    }
    if (earlier != null) {
      return earlier;
    }
    for (int i = 0; i < BLOCKS; i++) {
      IpPrefix candidate = IpPrefix.parse(pattern.formatted(i));
      if (taken.stream().noneMatch(candidate::overlaps)) {
        return candidate;
      }
    }
    throw new CliException("no block of addresses is left; give --pod-cidr and --service-cidr");
  }
}
