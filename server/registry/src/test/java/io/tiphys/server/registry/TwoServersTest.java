package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers over one store give services what each of them has alone. */
class TwoServersTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services";
  private static final String CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";

  /** Nearly as many as there are addresses, so that the servers pick the same ones. */
  private static final int COUNT = 240;

  private ApiServerFixture one;
  private ApiServerFixture two;

  @BeforeEach
  void open() {
    one = new ApiServerFixture().furnished();
    two = new ApiServerFixture(_ -> one.store);
  }

  @AfterEach
  void close() {
    two.api.close();
    one.close();
  }

  private static String nodePort(String name) {
    return "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}}"
        .formatted(name);
  }

  @Test
  void nothingIsGivenTwiceAndAllComesBack() throws Exception {
    String small = "{\"metadata\":{\"name\":\"small\"},\"spec\":{\"cidrs\":[\"10.5.0.0/24\"]}}";
    one.post(CIDRS, small).expect(201);
    one.delete(CIDRS + "/kubernetes").expect(200);
    for (int round = 0; round < 2; round++) {
      List<Answered> created = createAll();
      assertThat(values(created, "spec.clusterIP")).hasSize(COUNT);
      assertThat(values(created, "spec.ports.0.nodePort")).hasSize(COUNT);
      assertThat(claims("networking.k8s.io/ipaddresses")).isEqualTo(COUNT);
      assertThat(claims("ranges/servicenodeports")).isEqualTo(COUNT);
      for (int i = 0; i < COUNT; i++) {
        server(i + 1).delete(SERVICES + "/s" + i).expect(200);
      }
      assertThat(claims("networking.k8s.io/ipaddresses")).isZero();
      assertThat(claims("ranges/servicenodeports")).isZero();
    }
  }

  private List<Answered> createAll() throws Exception {
    List<Future<Answered>> asked = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < COUNT; i++) {
        ApiServerFixture server = server(i);
        String body = nodePort("s" + i);
        asked.add(clients.submit(() -> server.post(SERVICES, body).expect(201)));
      }
    }
    List<Answered> created = new ArrayList<>();
    for (Future<Answered> answer : asked) {
      created.add(answer.get());
    }
    return created;
  }

  private ApiServerFixture server(int i) {
    return i % 2 == 0 ? one : two;
  }

  private static Set<String> values(List<Answered> services, String path) {
    Set<String> values = new HashSet<>();
    services.forEach(service -> values.add(service.at(path)));
    return values;
  }

  private int claims(String under) {
    String from = "/registry/" + under + "/";
    String to = "/registry/" + under + "0";
    return ((Store.Range.Page) one.store.range(from, to, Store.NEWEST, 0)).entries().size();
  }

  @Test
  void aPortThatTheStoreHasForNobodyIsRefusedAtOnceAndPassedOver() {
    String key = "/registry/ranges/servicenodeports/30500";
    assertThat(one.store.put(key, new byte[] {'x'}, Store.ABSENT))
        .isInstanceOf(Store.Outcome.Committed.class);
    String wanted = nodePort("a").replace("\"port\":80", "\"port\":80,\"nodePort\":30500");
    assertThat(one.post(SERVICES, wanted).expect(422).status().message())
        .endsWith("Invalid value: 30500: provided port is already allocated");
    two.post(SERVICES, nodePort("a")).expect(201);
    String update = "{\"spec\":{\"ports\":[{\"port\":80,\"nodePort\":30500}]}}";
    assertThat(two.merge(SERVICES + "/a", update).expect(422).status().message())
        .endsWith("Invalid value: 30500: provided port is already allocated");
  }
}
