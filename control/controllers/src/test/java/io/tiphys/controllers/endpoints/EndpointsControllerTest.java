package io.tiphys.controllers.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointPort;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.controllers.kit.Ahead;
import io.tiphys.controllers.kit.World;
import io.tiphys.controllers.kit.services.ServicePods;
import io.tiphys.controllers.kit.services.TriggerTimes;
import io.tiphys.meta.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointsControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void theChangeThatTriggeredAnotherIsTold() throws InterruptedException {
    TriggerTimes times = new TriggerTimes();
    Instant created = Instant.parse("2026-01-01T00:00:00Z");
    Service service = service(port("p", IntOrString.of(80)));
    service = service.withMetadata(service.metadata().withCreationTimestamp(created));
    Pod one = turned("one", created.plusSeconds(5));
    Pod two = turned("two", created.plusSeconds(7));

    assertThat(times.of(service, List.of())).as("a new service").isEqualTo(created);
    assertThat(times.of(service, List.of(one, two)))
        .as("the earlier")
        .isEqualTo("2026-01-01T00:00:05Z");
    assertThat(times.of(service, List.of(one, two))).as("nothing new").isNull();
    assertThat(times.of(service, List.of(turned("one", created.plusSeconds(9)), two)))
        .isEqualTo("2026-01-01T00:00:09Z");

    world.source.put(CoreV1.SERVICES, service);
    world.open(EndpointsController::open);
    world.await(
        CoreV1.ENDPOINTS,
        "ns",
        "svc",
        made ->
            "2026-01-01T00:00:00Z"
                .equals(
                    made.metadata()
                        .annotations()
                        .get("endpoints.kubernetes.io/last-change-trigger-time")));
  }

  private static Pod turned(String name, Instant at) {
    Pod pod = World.running(World.pod(name, "a"), "10.0.0.1", true);
    return pod.withStatus(
        pod.status()
            .withConditions(
                pod.status().conditions().stream()
                    .map(condition -> condition.withLastTransitionTime(at))
                    .toList()));
  }

  @Test
  void endpointsThatAUserMakesWithoutAServiceOrBeforeItStay() throws InterruptedException {
    world.open(EndpointsController::open);
    Service service = service(port("p", IntOrString.of(80)));
    service = service.withSpec(service.spec().withClusterIP(""));
    world.source.put(CoreV1.SERVICES, service.withMetadata(World.meta("ns", "first")));
    world.await(CoreV1.ENDPOINTS, "ns", "first", _ -> true);
    world.source.put(CoreV1.ENDPOINTS, outside("ext"));
    world.source.put(CoreV1.ENDPOINTS, outside("svc"));
    Service manual = service.withSpec(service.spec().withSelector(Map.of()));
    world.source.put(CoreV1.SERVICES, manual);
    world.source.put(CoreV1.SERVICES, service.withMetadata(World.meta("ns", "last")));
    world.await(CoreV1.ENDPOINTS, "ns", "last", _ -> true);

    assertThat(world.api.writes())
        .extracting(Object::toString)
        .doesNotContain("delete endpoints ns/ext", "delete endpoints ns/svc");
    assertThat(world.source.get(CoreV1.ENDPOINTS, "ns", "ext")).isNotNull();
  }

  @Test
  void endpointsGoWithTheirServiceEvenWhenNobodyLooked() throws InterruptedException {
    world.source.put(CoreV1.ENDPOINTS, outside("left-over"));
    world.source.put(CoreV1.SERVICES, service(port("p", IntOrString.of(80))));
    world.open(EndpointsController::open);
    world.awaitGone(CoreV1.ENDPOINTS, "ns", "left-over");
    world.await(CoreV1.ENDPOINTS, "ns", "svc", _ -> true);

    world.source.delete(CoreV1.SERVICES, "ns", "svc", DeleteOptions.EMPTY);

    world.awaitGone(CoreV1.ENDPOINTS, "ns", "svc");
  }

  @Test
  void endpointsOfAServiceThatTheCopyDoesNotShowYetStay() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    world.source.put(CoreV1.ENDPOINTS, outside("svc"));
    world.open(
        _ ->
            EndpointsController.open(
                Ahead.of(
                    world,
                    CoreV1.SERVICES,
                    () -> {
                      asked.countDown();
                      return service(port("p", IntOrString.of(80)));
                    })));
    assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
    world.close();
    assertThat(world.source.find(CoreV1.ENDPOINTS, "ns", "svc")).isNotNull();
  }

  @Test
  void aPodHasOneAddressOfEachFamilyWhateverItsStatusSays() {
    Pod pod = World.running(World.pod("p", "a"), "10.0.0.2", true);
    pod =
        pod.withStatus(
            pod.status()
                .withPodIPs(
                    List.of(new PodIP("10.0.0.1"), new PodIP("fd00::1"), new PodIP("10.0.0.2"))));

    assertThat(ServicePods.addresses(pod, false)).containsExactly("10.0.0.2");
    assertThat(ServicePods.addresses(pod, true)).containsExactly("fd00::1");
  }

  private static Endpoints outside(String name) {
    return Endpoints.EMPTY
        .withMetadata(World.meta("ns", name))
        .withSubsets(
            List.of(
                EndpointSubset.EMPTY.withAddresses(
                    List.of(EndpointAddress.builder().ip("192.0.2.7").build()))));
  }

  @Test
  void addressesThatShareTheirPortsShareASubset() {
    Pod one = World.running(World.pod("one", "a"), "10.0.0.1", true);
    Pod two = World.running(World.pod("two", "a"), "10.0.0.2", false);
    Pod named =
        World.running(
            World.pod("named", "a").toBuilder()
                .spec(
                    World.pod("named", "a")
                        .spec()
                        .withContainers(
                            List.of(
                                Container.EMPTY.withPorts(
                                    List.of(
                                        ContainerPort.builder()
                                            .name("web")
                                            .protocol("TCP")
                                            .containerPort(8080)
                                            .build())))))
                .build(),
            "10.0.0.3",
            true);
    Service service =
        service(port("fixed", IntOrString.of(80)), port("byname", IntOrString.of("web")));

    List<EndpointSubset> subsets = Subsets.of(service, List.of(two, one, named));

    assertThat(subsets).hasSize(2);
    assertThat(subsets.getFirst().ports())
        .extracting(EndpointPort::name, EndpointPort::port)
        .containsExactly(tuple("byname", 8080));
    assertThat(ips(subsets.getFirst().addresses())).containsExactly("10.0.0.3");
    assertThat(ips(subsets.get(1).addresses())).containsExactly("10.0.0.1", "10.0.0.3");
    assertThat(ips(subsets.get(1).notReadyAddresses())).containsExactly("10.0.0.2");
  }

  @Test
  void whoMayBeIncluded() {
    Service plain = service(port("p", IntOrString.of(80)));
    Service tolerant =
        plain.withMetadata(
            plain
                .metadata()
                .withAnnotations(
                    Map.of("service.alpha.kubernetes.io/tolerate-unready-endpoints", "true")));
    Pod unready = World.running(World.pod("p", "a"), "10.0.0.1", false);
    Pod ending = unready.withMetadata(unready.metadata().withDeletionTimestamp(Instant.EPOCH));
    Pod over = unready.withStatus(unready.status().withPhase("Succeeded"));

    assertThat(Subsets.of(plain, List.of(unready)).getFirst().notReadyAddresses()).hasSize(1);
    assertThat(Subsets.of(plain, List.of(ending))).isEmpty();
    assertThat(Subsets.of(tolerant, List.of(ending)).getFirst().addresses()).hasSize(1);
    assertThat(Subsets.of(tolerant, List.of(over))).isEmpty();
    assertThat(Subsets.of(tolerant, List.of(World.pod("no-ip", "a")))).isEmpty();
  }

  @Test
  void aHeadlessServiceNeedsNoPortsAndNamesItsPets() {
    Pod pet = World.running(World.pod("pet-0", "a"), "10.0.0.1", true);
    pet = pet.withSpec(pet.spec().toBuilder().hostname("pet-0").subdomain("svc").build());
    Service headless = service();
    headless = headless.withSpec(headless.spec().withClusterIP("None"));
    List<EndpointSubset> subsets = Subsets.of(headless, List.of(pet));
    assertThat(subsets).hasSize(1);
    assertThat(subsets.getFirst().ports()).isEmpty();
    EndpointAddress address = subsets.getFirst().addresses().getFirst();
    assertThat(address.hostname()).isEqualTo("pet-0");
    assertThat(address.nodeName()).isEqualTo("n1");
    assertThat(address.targetRef()).isEqualTo(ServicePods.reference(pet));
    assertThat(decided(headless, List.of(pet)).metadata().labels())
        .containsEntry("service.kubernetes.io/headless", "")
        .containsEntry("endpoints.kubernetes.io/managed-by", "endpoint-controller");
  }

  @Test
  void tooManyAreCutTheReadyOnesLast() {
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      pods.add(
          World.running(
              World.pod("p" + i, "a"), "10.0.%d.%d".formatted(i / 250, i % 250), i < 900));
    }
    Service service = service(port("p", IntOrString.of(80)));
    Endpoints cut = decided(service, pods);
    assertThat(cut.subsets().getFirst().addresses()).hasSize(900);
    assertThat(cut.subsets().getFirst().notReadyAddresses()).hasSize(100);
    assertThat(cut.metadata().annotations())
        .containsEntry("endpoints.kubernetes.io/over-capacity", "truncated");
    assertThat(EndpointsController.decide(service, pods, cut)).isNull();
  }

  @Test
  void followsReadinessAtOnceAndWritesOnlyWhatDiffers() throws InterruptedException {
    world.source.put(CoreV1.SERVICES, service(port("p", IntOrString.of(80))));
    Pod pod = world.source.put(CoreV1.PODS, World.running(World.pod("p", "a"), "10.0.0.1", false));
    world.open(EndpointsController::open);
    world.await(
        CoreV1.ENDPOINTS,
        "ns",
        "svc",
        made -> made.subsets().getFirst().notReadyAddresses().size() == 1);

    world.source.put(
        CoreV1.PODS, pod.withMetadata(pod.metadata().withAnnotations(Map.of("noise", "1"))));
    world.source.put(CoreV1.PODS, World.running(pod, "10.0.0.1", true));
    world.await(
        CoreV1.ENDPOINTS, "ns", "svc", made -> made.subsets().getFirst().addresses().size() == 1);
    assertThat(world.api.writes())
        .extracting(Object::toString)
        .containsExactly("create endpoints ns/svc", "update endpoints ns/svc");

    world.source.delete(CoreV1.SERVICES, "ns", "svc", DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.ENDPOINTS, "ns", "svc");
  }

  @Test
  void aLargeObjectIsNotWrittenForEveryPod() throws InterruptedException {
    List<Long> tried = new CopyOnWriteArrayList<>();
    world.api.refuse(
        write -> {
          if (write.toString().endsWith("endpoints ns/svc")) {
            tried.add(world.clock.nanoTime());
          }
          return null;
        });
    world.source.put(CoreV1.SERVICES, service(port("p", IntOrString.of(80))));
    for (int i = 0; i < 101; i++) {
      world.source.put(CoreV1.PODS, World.running(World.pod("p" + i, "a"), "10.0.1." + i, true));
    }
    world.open(EndpointsController::open);
    world.await(CoreV1.ENDPOINTS, "ns", "svc", made -> Subsets.size(made.subsets()) == 101);
    world.source.put(CoreV1.PODS, World.running(World.pod("q", "a"), "10.0.2.1", true));
    world.await(CoreV1.ENDPOINTS, "ns", "svc", made -> Subsets.size(made.subsets()) == 102);
    assertThat(tried.get(1) - tried.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
  }

  private static Endpoints decided(Service service, List<Pod> pods) {
    return Objects.requireNonNull(EndpointsController.decide(service, pods, null));
  }

  private static List<String> ips(List<EndpointAddress> addresses) {
    return addresses.stream().map(EndpointAddress::ip).toList();
  }

  private static ServicePort port(String name, IntOrString target) {
    return ServicePort.builder().name(name).protocol("TCP").port(80).targetPort(target).build();
  }

  private static Service service(ServicePort... ports) {
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("ns").name("svc").build())
        .spec(
            ServiceSpec.builder()
                .selector(Map.of("app", "a"))
                .clusterIP("10.96.0.9")
                .ipFamilies(List.of("IPv4"))
                .ports(List.of(ports))
                .build())
        .build();
  }
}
