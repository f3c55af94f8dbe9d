package io.tiphys.network.dns;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.EndpointSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the zone knows of the cluster at the moment of a question. */
interface ClusterView {
  /** Whether everything was seen once: before that, what is missing may only be unknown. */
  boolean complete();

  boolean hasNamespace(String namespace);

  @Nullable Service service(String namespace, String name);

  /** The slices of a service. */
  List<EndpointSlice> slices(String namespace, String service);

  /** The services that have the cluster address {@code ip}, in the kernel's way of writing it. */
  List<Service> servicesAt(String ip);

  /** The slices that have an endpoint at {@code ip}. */
  List<EndpointSlice> slicesAt(String ip);
}
