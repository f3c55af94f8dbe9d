package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses and node ports: given once, kept, and given back. */
class ServiceAllocationTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String service(String name, String more) {
    return "{\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":{\"sessionAffinity\":\"None\","
        + (more.contains("\"type\"") ? "" : "\"type\":\"ClusterIP\",")
        + (more.isEmpty() ? "" : more + ",")
        + "\"ports\":[{\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80}]}}";
  }

  @Test
  void aServiceGetsAnAddressAndKeepsIt() {
    Answered created = apiServer.post(SERVICES, service("a", "")).expect(201);
    String address = created.at("spec.clusterIP");
    assertThat(address).startsWith("10.96.");
    assertThat(created.at("spec.clusterIPs.0")).isEqualTo(address);
    assertThat(created.at("spec.ipFamilies.0")).isEqualTo("IPv4");
    assertThat(created.at("spec.ipFamilyPolicy")).isEqualTo("SingleStack");
    Answered updated = apiServer.put(SERVICES + "/a", service("a", "")).expect(200);
    assertThat(updated.at("spec.clusterIP")).isEqualTo(address);
  }

  @Test
  void headlessServicesGetNone() {
    Answered created = apiServer.post(SERVICES, service("a", "\"clusterIP\":\"None\"")).expect(201);
    assertThat(created.at("spec.clusterIP")).isEqualTo("None");
    apiServer.post(SERVICES, service("b", "\"clusterIP\":\"None\"")).expect(201);
  }

  @Test
  void anAddressIsGivenOnce() {
    apiServer.post(SERVICES, service("a", "\"clusterIP\":\"10.96.0.10\"")).expect(201);
    assertThat(
            apiServer
                .post(SERVICES, service("b", "\"clusterIP\":\"10.96.0.10\""))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.10\"]: failed to"
                + " allocate IP 10.96.0.10: provided IP is already allocated");
    assertThat(
            apiServer
                .post(SERVICES, service("b", "\"clusterIP\":\"10.1.0.10\""))
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.1.0.10\"]: failed to"
                + " allocate IP 10.1.0.10: the provided network does not match the current range");
    apiServer.delete(SERVICES + "/a").expect(200);
    apiServer.post(SERVICES, service("b", "\"clusterIP\":\"10.96.0.10\"")).expect(201);
  }

  @Test
  void nodePortsAreGivenOnceAndKept() {
    Answered created = apiServer.post(SERVICES, service("a", "\"type\":\"NodePort\"")).expect(201);
    String port = created.at("spec.ports.0.nodePort");
    assertThat(Integer.parseInt(port)).isBetween(30_000, 32_767);
    Answered updated =
        apiServer.put(SERVICES + "/a", service("a", "\"type\":\"NodePort\"")).expect(200);
    assertThat(updated.at("spec.ports.0.nodePort")).isEqualTo(port);
    String wanted =
        service("b", "\"type\":\"NodePort\"")
            .replace("\"port\":80", "\"port\":80,\"nodePort\":" + port);
    assertThat(apiServer.post(SERVICES, wanted).expect(422).status().message())
        .isEqualTo(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: "
                + port
                + ": provided port is already allocated");
    String low = wanted.replace("\"nodePort\":" + port, "\"nodePort\":80");
    assertThat(apiServer.post(SERVICES, low).expect(422).status().message())
        .isEqualTo(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is"
                + " not in the valid range. The range of valid ports is 30000-32767");
  }

  @Test
  void nothingIsGivenTwiceToManyAtOnce() throws Exception {
    Set<String> addresses = ConcurrentHashMap.newKeySet();
    Set<String> ports = ConcurrentHashMap.newKeySet();
    int count = 64;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> all =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      clients.submit(
                          () -> {
                            Answered created =
                                apiServer
                                    .post(SERVICES, service("s" + i, "\"type\":\"NodePort\""))
                                    .expect(201);
                            addresses.add(created.at("spec.clusterIP"));
                            ports.add(created.at("spec.ports.0.nodePort"));
                          }))
              .toList();
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(addresses).hasSize(count);
    assertThat(ports).hasSize(count);
  }
}
