package io.tiphys.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.cli.CliException;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Profile;
import io.tiphys.linux.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SettingsTest {
  private static final ClusterOptions NONE = options();

  @TempDir private Path home;

  @Test
  void aFreshClusterTakesTheFirstPairOfBlocksThatIsFree() {
    List<IpPrefix> taken =
        List.of(
            IpPrefix.parse("10.244.0.1/32"), // another cluster's gateway
            IpPrefix.parse("10.96.1.0/24"), // another cluster's services
            IpPrefix.parse("192.0.2.0/24"));

    Settings chosen = Settings.of("one", null, NONE, taken);

    assertThat(chosen.podCidr()).isEqualTo(IpPrefix.parse("10.244.2.0/24"));
    assertThat(chosen.serviceCidr()).isEqualTo(IpPrefix.parse("10.96.2.0/24"));
    assertThat(chosen.nodeName()).isEqualTo("one");
    assertThat(chosen.bindAddress()).isEqualTo("127.0.0.1");
    assertThat(chosen.apiPort()).isZero();
  }

  @Test
  void givenBlocksAreTakenAsTheyAre() {
    List<IpPrefix> taken = List.of(IpPrefix.parse("10.0.0.0/8"));
    ClusterOptions both = options("--pod-cidr=10.1.0.0/24", "--service-cidr=10.2.0.0/24");

    assertThat(Settings.of("one", null, both, taken).podCidr().toString()).isEqualTo("10.1.0.0/24");
    assertThatThrownBy(() -> Settings.of("one", null, NONE, taken))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--pod-cidr");
  }

  @Test
  void aGivenBlockThatAnotherHasIsNamed() {
    List<IpPrefix> taken = List.of(IpPrefix.parse("10.96.7.0/24"));
    assertThatThrownBy(
            () -> Settings.of("one", null, options("--service-cidr=10.96.7.128/25"), taken))
        .isInstanceOf(CliException.class)
        .hasMessage(
            "--service-cidr=10.96.7.128/25 overlaps 10.96.7.0/24, which another profile or a link"
                + " of this machine has: give another");
    assertThatThrownBy(() -> Settings.of("one", null, options("--pod-cidr=10.96.0.0/16"), taken))
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith("--pod-cidr=10.96.0.0/16 overlaps 10.96.7.0/24");
  }

  @Test
  void whatIsNoBlockOrPortIsRefused() {
    assertThatThrownBy(() -> Settings.of("one", null, options("--pod-cidr=junk"), List.of()))
        .isInstanceOf(CliException.class)
        .hasMessage("no block of addresses: junk");
    assertThatThrownBy(() -> Settings.of("one", null, options("--api-port=99999"), List.of()))
        .isInstanceOf(CliException.class)
        .hasMessage("no port: 99999");
  }

  @Test
  void laterStartsRememberAndMayChange() {
    Settings first =
        Settings.of(
            "one",
            null,
            options("--bind=0.0.0.0", "--api-port=6443", "--insecure-registry=r:5000"),
            List.of());

    Settings second = Settings.of("one", first, NONE, List.of(first.podCidr()));
    Settings third = Settings.of("one", second, options("--bind=127.0.0.1"), List.of());

    assertThat(second).isEqualTo(first);
    assertThat(second.portGiven()).isTrue();
    assertThat(second.insecureRegistries()).containsExactly("r:5000");
    assertThat(third.bindAddress()).isEqualTo("127.0.0.1");
    assertThat(third.apiPort()).isEqualTo(6443);
  }

  @Test
  void clustersOfOneHomeChooseApartAndKeepTheirChoice() throws IOException {
    Profile one = profile("one");
    Profile two = profile("two");

    Settings first = choose(one, NONE);
    Settings second = choose(two, NONE);

    assertThat(first.podCidr().overlaps(second.podCidr())).isFalse();
    assertThat(first.serviceCidr().overlaps(second.serviceCidr())).isFalse();
    assertThat(Settings.read(one.root())).isEqualTo(first);
    assertThat(choose(one, NONE)).isEqualTo(first);
  }

  /** Nothing of a stopped cluster is to be seen on the machine but its folder. */
  @Test
  void clustersOfDifferentHomesChooseApartToo() throws IOException {
    Profile one = profileIn("here");
    Profile two = profileIn("there");

    Settings first = choose(one, NONE);
    Settings second = choose(two, NONE);

    assertThat(first.podCidr().overlaps(second.podCidr())).isFalse();
    assertThat(first.serviceCidr().overlaps(second.serviceCidr())).isFalse();
    assertThat(choose(one, NONE)).isEqualTo(first);
    Files.delete(two.root().resolve("cluster.json"));
    assertThat(choose(profileIn("elsewhere"), NONE).podCidr()).isEqualTo(second.podCidr());
    try (KnownClusters known = KnownClusters.open(clusters())) {
      assertThat(known.roots())
          .containsExactlyInAnyOrder(one.root(), home.resolve("elsewhere/same"));
      known.remove(one.root());
      known.remove(home.resolve("elsewhere/same"));
    }
    assertThat(clusters()).doesNotExist();
  }

  private Profile profileIn(String name) throws IOException {
    return new Profile("same", Files.createDirectories(home.resolve(name).resolve("same")));
  }

  private Path clusters() {
    return home.resolve("clusters");
  }

  private Settings choose(Profile profile, ClusterOptions options) throws IOException {
    return Settings.choose(profile, options, clusters());
  }

  @Test
  void whatAStartWasToldIsKeptOnlyWhenItWorked() throws IOException {
    Profile one = profile("one");

    Settings told = choose(one, options("--api-port=1", "--bind=192.0.2.1"));
    Settings next = choose(one, NONE);
    told.write(one.root());

    assertThat(told.apiPort()).isEqualTo(1);
    assertThat(next.apiPort()).isZero();
    assertThat(next.bindAddress()).isEqualTo("127.0.0.1");
    assertThat(next.podCidr()).isEqualTo(told.podCidr());
    assertThat(choose(one, NONE)).isEqualTo(told);
  }

  @Test
  void addressesThatAnotherLinkReachesAreFound() {
    Settings settings = Settings.of("one", null, NONE, List.of());
    HostBlock vpn = new HostBlock("tun0", IpPrefix.parse("10.96.0.0/16"));

    assertThat(settings.overlapping(List.of(vpn))).contains(vpn);
    assertThat(settings.overlapping(List.of())).isEmpty();
  }

  @Test
  void damagedSettingsHinderNeitherNeighboursNorRemoval() throws IOException {
    Profile damaged = profile("damaged");
    Files.writeString(damaged.root().resolve("cluster.json"), "{\"apiPort\":1}");

    assertThat(choose(profile("two"), NONE).nodeName()).isEqualTo("two");
    assertThat(Settings.forRemoval(damaged)).isNotNull();
    assertThat(Settings.forRemoval(profile("never"))).isNull();
  }

  @Test
  void damagedSettingsSaySo() throws IOException {
    Profile one = profile("one");
    for (String content : List.of("{\"apiPort\":1}", "", "\0\0", "{\"apiPort\":")) {
      Files.writeString(one.root().resolve("cluster.json"), content);

      assertThatThrownBy(() -> Settings.read(one.root()))
          .isInstanceOf(CliException.class)
          .hasMessageContaining(one.root().resolve("cluster.json") + " is damaged")
          .hasMessageContaining("tiphys delete --profile=one");
    }
  }

  private Profile profile(String name) throws IOException {
    return new Profile(name, Files.createDirectories(home.resolve(name)));
  }

  private static ClusterOptions options(String... words) {
    ClusterOptions options = new ClusterOptions();
    new CommandLine(options).parseArgs(words);
    return options;
  }
}
