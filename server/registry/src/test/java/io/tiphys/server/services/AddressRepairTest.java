package io.tiphys.server.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.IPAddressSpec;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.api.networking.v1.ServiceCIDRSpec;
import io.tiphys.server.services.AddressRepair.Plan;
import io.tiphys.server.services.AddressRepair.State;
import io.tiphys.server.services.AddressRepair.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is put right between services and their addresses, and what is left alone. */
class AddressRepairTest {
  private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");
  private static final ServiceCIDR CIDR =
      ServiceCIDR.builder().spec(new ServiceCIDRSpec(List.of("10.96.0.0/16"))).build();

  private static Service service(String name, String address) {
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("ns").name(name).build())
        .spec(
            ServiceSpec.builder()
                .type(address.isEmpty() ? "ExternalName" : "ClusterIP")
                .clusterIP(address)
                .clusterIPs(address.isEmpty() ? List.of() : List.of(address))
                .build())
        .build();
  }

  private static IPAddress address(String address, Service of, int ageSeconds) {
    IPAddress made = IpAddresses.of(address, of);
    return made.withMetadata(made.metadata().withCreationTimestamp(NOW.minusSeconds(ageSeconds)));
  }

  private static Plan plan(List<Service> services, List<IPAddress> addresses) {
    return AddressRepair.of(new State(services, addresses, List.of(CIDR)), NOW);
  }

  @Test
  void whatAgreesIsLeftAlone() {
    Service web = service("web", "10.96.0.5");
    Plan plan =
        plan(
            List.of(web, service("none", "None"), service("external", "")),
            List.of(address("10.96.0.5", web, 1)));
    assertThat(plan).isEqualTo(new Plan(List.of(), null));
  }

  @Test
  void anAddressWithoutAnObjectGetsOne() {
    Service web = service("web", "10.96.0.5");
    assertThat(plan(List.of(web), List.of()).steps())
        .containsExactly(
            new Step.Make(
                web,
                "10.96.0.5",
                false,
                "Cluster IP [IPv4]: 10.96.0.5 is not allocated; repairing"));
  }

  @Test
  void anObjectThatNamesAnotherIsMadeAnew() {
    Service web = service("web", "10.96.0.5");
    String message =
        "the ClusterIP [IPv4]: 10.96.0.5 for Service ns/web has a wrong reference; repairing";
    Step instead = new Step.Make(web, "10.96.0.5", true, message);
    assertThat(plan(List.of(web), List.of(address("10.96.0.5", service("gone", ""), 1))).steps())
        .containsExactly(instead);
    IPAddress bare =
        address("10.96.0.5", web, 1).withMetadata(ObjectMeta.builder().name("10.96.0.5").build());
    assertThat(plan(List.of(web), List.of(bare)).steps())
        .containsExactly(new Step.Make(web, "10.96.0.5", true, ""));
  }

  @Test
  void twoServicesWithOneAddressAreOnlyTalkedOf() {
    Service web = service("web", "10.96.0.5");
    Service copy = service("copy", "10.96.0.5");
    assertThat(plan(List.of(web, copy), List.of(address("10.96.0.5", web, 99))).steps())
        .containsExactly(
            new Step.Complain(
                copy,
                "ClusterIPAlreadyAllocated",
                "Cluster IP [IPv4]:10.96.0.5 was assigned to multiple services; please recreate"
                    + " service"));
    Service outside = service("outside", "10.1.0.5");
    assertThat(plan(List.of(outside), List.of()).steps())
        .containsExactly(
            new Step.Complain(
                outside,
                "ClusterIPOutOfRange",
                "Cluster IP [IPv4]: 10.1.0.5 is not within any configured Service CIDR; please"
                    + " recreate service"));
  }

  @Test
  void anObjectOfNoServiceGoesAfterAWhile() {
    Service gone = service("gone", "");
    Plan young = plan(List.of(), List.of(address("10.96.0.5", gone, 20)));
    assertThat(young).isEqualTo(new Plan(List.of(), Duration.ofSeconds(40)));
    IPAddress old = address("10.96.0.5", gone, 60);
    assertThat(plan(List.of(), List.of(old)).steps())
        .containsExactly(
            new Step.Delete(
                old,
                "IPAddressNotAllocated",
                "IPAddress: 10.96.0.5 for Service ns/gone appears to have leaked: cleaning up"));
    Service web = service("web", "10.96.0.6");
    IPAddress second = address("10.96.0.5", web, 5);
    IPAddress first = address("10.96.0.6", web, 5);
    assertThat(plan(List.of(web), List.of(first, second)).steps())
        .containsExactly(
            new Step.Delete(
                second,
                "IPAddressWrongReference",
                "IPAddress: 10.96.0.5 for Service ns/web has a wrong reference; cleaning up"));
  }

  @Test
  void whatSomebodyElseMadeIsHis() {
    IPAddress foreign =
        address("10.96.0.5", service("gone", ""), 99)
            .withMetadata(
                ObjectMeta.builder()
                    .name("10.96.0.5")
                    .labels(Map.of(IpAddresses.MANAGED_BY, "gateways.example.com"))
                    .build());
    assertThat(plan(List.of(), List.of(foreign)).steps()).isEmpty();
    IPAddress changed = address("10.96.0.5", service("x", ""), 0).withSpec(IPAddressSpec.EMPTY);
    assertThat(plan(List.of(), List.of(changed)).steps())
        .extracting(step -> ((Step.Delete) step).reason())
        .containsExactly("IPAddressNotAllocated");
  }
}
