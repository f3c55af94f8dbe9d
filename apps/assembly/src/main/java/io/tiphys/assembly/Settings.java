package io.tiphys.assembly;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.HomeLock;
import io.tiphys.cli.Profile;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.linux.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster was given or chose at its first start and keeps from then on: an address that
 * changed would break kubeconfigs, one that overlapped another profile's would break both.
 *
 * @param apiPort 0 until the first start has found one
 * @param portGiven the user named the port: a start must not take another
 * @param insecureRegistries spoken to in plain HTTP, in order
 */
record Settings(
    int apiPort,
    boolean portGiven,
    String bindAddress,
    String nodeName,
    IpPrefix podCidr,
    IpPrefix serviceCidr,
    List<String> insecureRegistries) {
  private static final String FILE = "cluster.json";
  private static final String LOOPBACK = "127.0.0.1";

  /** Pairs of blocks to choose from, one for each profile; more profiles need --pod-cidr. */
  private static final int BLOCKS = 200;

  /**
   * What an earlier start wrote, changed by what this one was told. Blocks are written at once, so
   * that of two clusters that start together each sees the other's choice; the rest is for {@link
   * #write} when it has turned out to work.
   *
   * @param ofMachine where the clusters of all homes are known
   * @throws CliException when a given block is none, or nothing is left to choose from
   */
  static Settings choose(Profile profile, ClusterOptions options, Path ofMachine)
      throws IOException {
    try (HomeLock _ = HomeLock.take(profile);
        KnownClusters known = KnownClusters.open(ofMachine)) {
      Stream<Path> others =
          Stream.concat(known.roots().stream(), profile.neighbours().stream().map(Profile::root))
              .filter(root -> !root.equals(profile.root().toAbsolutePath()));
      List<IpPrefix> taken =
          Stream.concat(
                  HostBlock.inUse().stream().map(HostBlock::addresses),
                  others
                      .map(Settings::readIfWhole)
                      .flatMap(Stream::ofNullable)
                      .flatMap(Settings::blocks))
              .toList();
      Settings earlier = read(profile.root());
      Settings chosen = of(profile.name(), earlier, options, taken);
      if (earlier == null) {
        chosen.blocksAlone().write(profile.root());
      }
      known.add(profile.root());
      return chosen;
    }
  }

  /** As {@link #choose}, from what is known. */
  static Settings of(
      String profile, @Nullable Settings earlier, ClusterOptions options, List<IpPrefix> taken) {
    Settings base = earlier == null ? fresh(profile, options, taken) : earlier;
    boolean portGiven = options.apiPort() != 0;
    if (options.apiPort() < 0 || options.apiPort() > 0xffff) {
      throw new CliException("no port: " + options.apiPort());
    }
    TreeSet<String> registries = new TreeSet<>(base.insecureRegistries);
    registries.addAll(options.insecureRegistries());
    return new Settings(
        portGiven ? options.apiPort() : base.apiPort,
        portGiven || base.portGiven,
        given(options.bindAddress(), base.bindAddress),
        given(options.nodeName(), base.nodeName),
        block(options.podCidr()).orElse(base.podCidr),
        block(options.serviceCidr()).orElse(base.serviceCidr),
        List.copyOf(registries));
  }

  private static Settings fresh(String profile, ClusterOptions options, List<IpPrefix> taken) {
    for (int i = 0; i < BLOCKS; i++) {
      IpPrefix pods =
          block(options.podCidr()).orElse(IpPrefix.parse("10.244.%d.0/24".formatted(i)));
      IpPrefix services =
          block(options.serviceCidr()).orElse(IpPrefix.parse("10.96.%d.0/24".formatted(i)));
      boolean free = taken.stream().noneMatch(t -> t.overlaps(pods) || t.overlaps(services));
      if (free || (!options.podCidr().isEmpty() && !options.serviceCidr().isEmpty())) {
        return new Settings(0, false, LOOPBACK, profile, pods, services, List.of());
      }
    }
    List.of("--pod-cidr", "--service-cidr")
        .forEach(option -> refuseTaken(option, given(options, option), taken));
    throw new CliException("no block of addresses is left; give --pod-cidr and --service-cidr");
  }

  private static Optional<IpPrefix> given(ClusterOptions options, String option) {
    return block(option.equals("--pod-cidr") ? options.podCidr() : options.serviceCidr());
  }

  private static void refuseTaken(String option, Optional<IpPrefix> given, List<IpPrefix> taken) {
    given
        .flatMap(block -> taken.stream().filter(block::overlaps).findFirst())
        .ifPresent(
            other -> {
              throw new CliException(
                  "%s=%s overlaps %s, which another profile or a link of this machine has: give another"
                      .formatted(option, given.get(), other));
            });
  }

  private Stream<IpPrefix> blocks() {
    return Stream.of(podCidr, serviceCidr);
  }

  /** The first of {@code others} whose addresses are this cluster's too. */
  Optional<HostBlock> overlapping(List<HostBlock> others) {
    return others.stream()
        .filter(other -> blocks().anyMatch(other.addresses()::overlaps))
        .findFirst();
  }

  private Settings blocksAlone() {
    return new Settings(0, false, LOOPBACK, nodeName, podCidr, serviceCidr, List.of());
  }

  Settings withApiPort(int port) {
    return new Settings(
        port, portGiven, bindAddress, nodeName, podCidr, serviceCidr, insecureRegistries);
  }

  /** The address that pods ask for names: the tenth of the services', as kubeadm chooses. */
  String dnsAddress() {
    return serviceCidr.at(10).getHostAddress();
  }

  void write(Path root) throws IOException {
    Json.Obj members =
        Json.Obj.builder()
            .put("apiPort", apiPort)
            .put("portGiven", new Json.Bool(portGiven))
            .put("bindAddress", bindAddress)
            .put("nodeName", nodeName)
            .put("podCidr", podCidr.toString())
            .put("serviceCidr", serviceCidr.toString())
            .put(
                "insecureRegistries",
                new Json.Arr(insecureRegistries.stream().<Json>map(Json.Str::new).toList()))
            .build();
    byte[] content = members.toBytes();
    Path file = root.resolve(FILE);
    // Most starts change nothing, and a write waits for the disk.
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
      AtomicFile.write(file, content);
    }
  }

  /** Whether a cluster has been started in a folder. */
  static boolean isIn(Path root) {
    return Files.exists(root.resolve(FILE));
  }

  /** What the cluster in a folder has, or null if it never started. */
  static @Nullable Settings read(Path root) {
    Path file = root.resolve(FILE);
    try {
      if (Json.parse(Files.readAllBytes(file)) instanceof Json.Obj members
          && members.get("apiPort") instanceof Json.Int(long port)
          && members.get("portGiven") instanceof Json.Bool(boolean portGiven)
          && members.get("bindAddress") instanceof Json.Str(String bindAddress)
          && members.get("nodeName") instanceof Json.Str(String node)
          && members.get("podCidr") instanceof Json.Str(String pods)
          && members.get("serviceCidr") instanceof Json.Str(String services)
          && members.get("insecureRegistries") instanceof Json.Arr(List<Json> registries)) {
        return new Settings(
            (int) port,
            portGiven,
            bindAddress,
            node,
            IpPrefix.parse(pods),
            IpPrefix.parse(services),
            registries.stream()
                .map(each -> each instanceof Json.Str(var name) ? name : "")
                .toList());
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | CodecException | IllegalArgumentException e) {
      throw damaged(root, String.valueOf(e.getMessage()));
    }
    throw damaged(root, "something is missing in it");
  }

  private static CliException damaged(Path root, String what) {
    return new CliException(
        "%s is damaged (%s): restore it, or remove the cluster: tiphys delete --profile=%s"
            .formatted(root.resolve(FILE), what, root.getFileName()));
  }

  /** A neighbour's damage is no reason not to start: what it uses is seen on the machine. */
  private static @Nullable Settings readIfWhole(Path root) {
    try {
      return read(root);
    } catch (CliException damaged) {
      return null;
    }
  }

  /**
   * What is removed is found by the profile's name: settings that are damaged are no hindrance.
   *
   * @return null if the cluster never started
   */
  static @Nullable Settings forRemoval(Profile profile) {
    if (!isIn(profile.root())) {
      return null;
    }
    Settings whole = readIfWhole(profile.root());
    return whole == null ? of(profile.name(), null, new ClusterOptions(), List.of()) : whole;
  }

  private static String given(String told, String otherwise) {
    return told.isEmpty() ? otherwise : told;
  }

  private static Optional<IpPrefix> block(String told) {
    try {
      return told.isEmpty() ? Optional.empty() : Optional.of(IpPrefix.parse(told).network());
    } catch (IllegalArgumentException e) {
      throw new CliException("no block of addresses: " + told, e);
    }
  }
}
