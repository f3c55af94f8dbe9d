package io.tiphys.network.dns;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cluster as the informers have it; their indexes make every lookup a few map reads. */
final class InformerView implements ClusterView {
  /** The label by which a slice names its service. */
  static final String SERVICE_NAME = "kubernetes.io/service-name";

  private static final String BY_SERVICE = "dns.service";
  private static final String BY_IP = "dns.ip";

  private final Informer<Namespace> namespaces;
  private final Informer<Service> services;
  private final Informer<EndpointSlice> slices;

  InformerView(Informers informers) {
    namespaces = informers.of(CoreV1.NAMESPACES);
    services = informers.of(CoreV1.SERVICES);
    slices = informers.of(DiscoveryV1.ENDPOINTSLICES);
    services.addIndex(BY_IP, InformerView::addresses);
    slices.addIndex(BY_SERVICE, InformerView::serviceOf);
    slices.addIndex(BY_IP, InformerView::addresses);
  }

  private static List<String> addresses(Service service) {
    return Stream.concat(
            service.spec().clusterIPs().stream(), Stream.of(service.spec().clusterIP()))
        .filter(ip -> !ip.isEmpty() && !ip.equals("None"))
        .distinct()
        .toList();
  }

  private static List<String> serviceOf(EndpointSlice slice) {
    String name = slice.metadata().labels().get(SERVICE_NAME);
    return name == null ? List.of() : List.of(slice.metadata().namespace() + "/" + name);
  }

  private static List<String> addresses(EndpointSlice slice) {
    return slice.endpoints().stream()
        .flatMap(endpoint -> endpoint.addresses().stream())
        .distinct()
        .toList();
  }

  @Override
  public boolean complete() {
    return namespaces.hasSynced() && services.hasSynced() && slices.hasSynced();
  }

  @Override
  public boolean hasNamespace(String namespace) {
    return namespaces.get("", namespace) != null;
  }

  @Override
  public @Nullable Service service(String namespace, String name) {
    return services.get(namespace, name);
  }

  @Override
  public List<EndpointSlice> slices(String namespace, String service) {
    return slices.byIndex(BY_SERVICE, namespace + "/" + service);
  }

  @Override
  public List<Service> servicesAt(String ip) {
    return services.byIndex(BY_IP, ip);
  }

  @Override
  public List<EndpointSlice> slicesAt(String ip) {
    return slices.byIndex(BY_IP, ip);
  }
}
