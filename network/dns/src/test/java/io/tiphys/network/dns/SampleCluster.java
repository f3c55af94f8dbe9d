package io.tiphys.network.dns;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A small cluster: a service, a Pet Set's headless service, a name for something elsewhere. */
final class SampleCluster implements Lifecycle {
  final SystemClock clock = new SystemClock();
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(9));
  private final TestApiServer server = closer.add(TestApiServer.open(clock, loops));
  private final OtherComponents others = new OtherComponents(server);
  final Source source = server.source(TestApiServer.ADMIN, "dns");
  final Informers informers = closer.add(new Informers(source, clock, new Random(1), loops));
  final InformerView view = new InformerView(informers);

  SampleCluster() throws InterruptedException {
    ServicePort http = ServicePort.builder().name("http").protocol("TCP").port(80).build();
    ServicePort unnamed = ServicePort.builder().protocol("TCP").port(9).build();
    service("web", ServiceSpec.builder().clusterIP("10.96.0.7").ports(List.of(http)).build());
    service("plain", ServiceSpec.builder().clusterIP("10.96.0.8").ports(List.of(unnamed)).build());
    service(
        "cassandra",
        ServiceSpec.builder()
            .clusterIP("None")
            .ports(List.of(ServicePort.builder().name("cql").port(9042).build()))
            .build());
    service("empty", ServiceSpec.builder().clusterIP("None").build());
    service("wide", ServiceSpec.builder().clusterIP("None").ports(List.of(http)).build());
    service(
        "search",
        ServiceSpec.builder().type("ExternalName").externalName("search.example.org.").build());
    service(
        "again",
        ServiceSpec.builder()
            .type("ExternalName")
            .externalName("web.default.svc.cluster.local")
            .build());
    slice("web", 8080, "http", endpoint("10.244.7.9", null, true));
    slice(
        "cassandra",
        9042,
        "cql",
        endpoint("10.244.7.2", "cassandra-0", true),
        endpoint("10.244.7.3", "cassandra-1", true),
        endpoint("10.244.7.4", "cassandra-2", false),
        endpoint("10.244.7.5", null, true));
    slice(
        "wide",
        80,
        "http",
        IntStream.range(0, 60)
            .mapToObj(i -> endpoint("10.244.8." + i, null, true))
            .toArray(Endpoint[]::new));
    slice("empty", 1, "x", endpoint("10.244.7.6", "sleepy", false));
    informers.start();
    informers.awaitSync();
  }

  private static ObjectMeta name(String namespace, String name) {
    return ObjectMeta.builder().namespace(namespace).name(name).build();
  }

  private void service(String name, ServiceSpec spec) {
    others.put(
        CoreV1.SERVICES, Service.builder().metadata(name("default", name)).spec(spec).build());
  }

  private void slice(String service, int port, String portName, Endpoint... endpoints) {
    others.put(
        DiscoveryV1.ENDPOINTSLICES,
        EndpointSlice.builder()
            .metadata(
                name("default", service + "-1")
                    .withLabels(Map.of(InformerView.SERVICE_NAME, service)))
            .addressType("IPv4")
            .ports(
                List.of(EndpointPort.builder().name(portName).protocol("TCP").port(port).build()))
            .endpoints(List.of(endpoints))
            .build());
  }

  private static Endpoint endpoint(String ip, @Nullable String hostname, boolean ready) {
    return Endpoint.builder()
        .addresses(List.of(ip))
        .hostname(hostname)
        .conditions(EndpointConditions.builder().ready(ready).build())
        .build();
  }

  @Override
  public void close() {
    closer.close();
  }
}
