package io.tiphys.controllers.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.IntOrString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointSliceControllerTest {
  private static final Set<EndpointPort> PORTS = Set.of(EndpointPort.EMPTY.withPort(80));
  private static final EndpointSlice BLANK =
      EndpointSlice.builder()
          .metadata(ObjectMeta.builder().generateName("svc-").labels(Map.of("l", "1")).build())
          .addressType("IPv4")
          .build();

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aServiceWithoutPodsHasOneEmptySlice() {
    SlicePlan first = SlicePlan.of(Map.of(), List.of(), BLANK);
    assertThat(first.create()).containsExactly(BLANK);
    assertThat(isEmpty(SlicePlan.of(Map.of(), List.of(named("s1", BLANK)), BLANK))).isTrue();
  }

  @Test
  void theEmptySliceBecomesTheFirst() {
    SlicePlan plan =
        SlicePlan.of(Map.of(PORTS, endpoints(0, 3)), List.of(named("s1", BLANK)), BLANK);
    assertThat(plan.create()).isEmpty();
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.update()).extracting(EndpointSlice::name).containsExactly("s1");
    assertThat(plan.update().getFirst().endpoints()).hasSize(3);
  }

  @Test
  void aHundredFitInEach() {
    SlicePlan plan = SlicePlan.of(Map.of(PORTS, endpoints(0, 250)), List.of(), BLANK);
    assertThat(plan.create())
        .extracting(slice -> slice.endpoints().size())
        .containsExactly(100, 100, 50);
  }

  @Test
  void whatStaysKeepsItsSliceAndNewOnesFillOneThatChangesAnyway() {
    EndpointSlice full = slice("s1", endpoints(0, 100));
    EndpointSlice half = slice("s2", endpoints(100, 150));
    List<Endpoint> desired = new ArrayList<>(endpoints(1, 150));
    desired.addAll(endpoints(200, 220));

    SlicePlan plan = SlicePlan.of(Map.of(PORTS, desired), List.of(full, half), BLANK);

    assertThat(plan.create()).isEmpty();
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.update())
        .extracting(EndpointSlice::name, slice -> slice.endpoints().size())
        .containsExactlyInAnyOrder(tuple("s1", 100), tuple("s2", 69));
    SlicePlan settled = SlicePlan.of(Map.of(PORTS, desired), plan.update(), BLANK);
    assertThat(isEmpty(settled)).isTrue();
  }

  @Test
  void aTerminatingPodServesButIsNotReady() {
    Pod ending = World.running(World.pod("p", "a"), "10.0.0.1", true);
    ending = ending.withMetadata(ending.metadata().withDeletionTimestamp(Instant.EPOCH));
    EndpointConditions plain = onlyEndpoint(service(false), ending).conditions();
    assertThat(plain).isEqualTo(new EndpointConditions(false, true, true));
    EndpointConditions tolerant = onlyEndpoint(service(true), ending).conditions();
    assertThat(tolerant).isEqualTo(new EndpointConditions(true, true, true));
  }

  private static Endpoint onlyEndpoint(Service service, Pod pod) {
    return Slices.plan(service, List.of(pod), _ -> "", List.of())
        .create()
        .getFirst()
        .endpoints()
        .getFirst();
  }

  @Test
  void followsPodsWithoutEverMakingASecondSlice() throws InterruptedException {
    world.source.put(CoreV1.NODES, Node.EMPTY.withMetadata(World.meta("", "n1")));
    world.source.put(CoreV1.SERVICES, service(false));
    world.open(EndpointSliceController::open);
    for (int i = 0; i < 20; i++) {
      world.source.put(CoreV1.PODS, World.running(World.pod("p" + i, "a"), "10.0.0." + i, true));
    }
    world.awaitThat(
        () -> {
          List<EndpointSlice> all = world.source.all(DiscoveryV1.ENDPOINTSLICES, "ns");
          return !all.isEmpty() && all.getFirst().endpoints().size() == 20;
        });
    List<EndpointSlice> all = world.source.all(DiscoveryV1.ENDPOINTSLICES, "ns");
    assertThat(all).hasSize(1);
    EndpointSlice slice = all.getFirst();
    assertThat(slice.metadata().generateName()).isEqualTo("svc-");
    assertThat(slice.metadata().labels())
        .containsEntry("kubernetes.io/service-name", "svc")
        .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    assertThat(slice.ports()).containsExactly(new EndpointPort("p", "TCP", 80, null));
    assertThat(slice.endpoints().getFirst().nodeName()).isEqualTo("n1");
  }

  private static boolean isEmpty(SlicePlan plan) {
    return plan.create().isEmpty() && plan.update().isEmpty() && plan.delete().isEmpty();
  }

  private static Service service(boolean publishNotReady) {
    return Service.builder()
        .metadata(World.meta("ns", "svc").withUid("service-uid"))
        .spec(
            ServiceSpec.builder()
                .selector(Map.of("app", "a"))
                .clusterIP("10.96.0.9")
                .ipFamilies(List.of("IPv4"))
                .publishNotReadyAddresses(publishNotReady)
                .ports(
                    List.of(
                        ServicePort.builder()
                            .name("p")
                            .protocol("TCP")
                            .port(80)
                            .targetPort(IntOrString.of(80))
                            .build()))
                .build())
        .build();
  }

  private static EndpointSlice named(String name, EndpointSlice slice) {
    return slice.withMetadata(slice.metadata().withName(name));
  }

  private static EndpointSlice slice(String name, List<Endpoint> endpoints) {
    return named(name, BLANK).toBuilder().ports(List.copyOf(PORTS)).endpoints(endpoints).build();
  }

  private static List<Endpoint> endpoints(int from, int to) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = from; i < to; i++) {
      endpoints.add(
          Endpoint.EMPTY.withAddresses(List.of("10.1.%d.%d".formatted(i / 250, i % 250))));
    }
    return endpoints;
  }
}
