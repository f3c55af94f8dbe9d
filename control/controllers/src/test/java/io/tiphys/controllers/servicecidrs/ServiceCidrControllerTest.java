package io.tiphys.controllers.servicecidrs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.Condition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.api.networking.v1.ServiceCIDRSpec;
import io.tiphys.controllers.kit.World;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks are ready, held as long as an address needs them, and go when none does. */
class ServiceCidrControllerTest {
  private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";

  private final World world = new World();

  @BeforeEach
  void open() {
    world.open(ServiceCidrController::open);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void create(String name, String... cidrs) {
    world.source.put(
        NetworkingV1.SERVICECIDRS,
        ServiceCIDR.builder()
            .metadata(World.meta("", name))
            .spec(new ServiceCIDRSpec(List.of(cidrs)))
            .build());
  }

  private void delete(String name) {
    world.source.delete(NetworkingV1.SERVICECIDRS, "", name, DeleteOptions.EMPTY);
  }

  private ServiceCIDR await(String name, String message) {
    return world.await(
        NetworkingV1.SERVICECIDRS,
        "",
        name,
        cidr ->
            cidr.status().conditions().stream().map(Condition::message).anyMatch(message::equals));
  }

  private void service(String name, String address) {
    world.source.put(
        CoreV1.SERVICES,
        Service.builder()
            .metadata(World.meta("ns", name))
            .spec(
                ServiceSpec.builder()
                    .clusterIP(address)
                    .ports(List.of(ServicePort.builder().port(80).build()))
                    .build())
            .build());
  }

  @Test
  void aNetworkIsReadyAndHeldAndTheFirstOneToo() {
    create("more", "10.7.0.0/24", "2001:db8::/64");
    ServiceCIDR more = await("more", "Kubernetes Service CIDR is ready");
    assertThat(more.metadata().finalizers()).containsExactly(FINALIZER);
    assertThat(more.status().conditions().getFirst().status()).isEqualTo("True");
    ServiceCIDR first = await("kubernetes", "Kubernetes Service CIDR is ready");
    assertThat(first.metadata().finalizers()).containsExactly(FINALIZER);
  }

  @Test
  void aNetworkGoesTenSecondsAfterItIsOfNoUse() {
    create("more", "10.7.0.0/24");
    await("more", "Kubernetes Service CIDR is ready");
    delete("more");
    Instant deleted =
        Objects.requireNonNull(
            world.source.get(NetworkingV1.SERVICECIDRS, "", "more").metadata().deletionTimestamp());
    world.awaitGone(NetworkingV1.SERVICECIDRS, "", "more");
    assertThat(Duration.between(deleted, world.clock.now()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void anAddressHoldsItsOnlyNetwork() {
    create("more", "10.7.0.0/24");
    await("more", "Kubernetes Service CIDR is ready");
    service("web", "10.7.0.9");
    delete("more");
    ServiceCIDR held =
        await(
            "more",
            "There are still IPAddresses referencing the ServiceCIDR, please remove them or create"
                + " a new ServiceCIDR");
    assertThat(held.status().conditions().getFirst().status()).isEqualTo("False");
    assertThat(held.status().conditions().getFirst().reason()).isEqualTo("Terminating");
    world.source.delete(CoreV1.SERVICES, "ns", "web", DeleteOptions.EMPTY);
    world.awaitGone(NetworkingV1.SERVICECIDRS, "", "more");
  }

  @Test
  void anAddressDoesNotHoldANetworkWithinAnother() {
    create("inner", "10.7.0.0/24");
    await("inner", "Kubernetes Service CIDR is ready");
    service("web", "10.7.0.9");
    delete("inner");
    await(
        "inner",
        "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a"
            + " new ServiceCIDR");
    create("outer", "10.7.0.0/16");
    world.awaitGone(NetworkingV1.SERVICECIDRS, "", "inner");
    assertThat(world.source.find(NetworkingV1.IPADDRESSES, "", "10.7.0.9")).isNotNull();
  }
}
