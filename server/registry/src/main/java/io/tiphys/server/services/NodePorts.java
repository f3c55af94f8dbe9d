package io.tiphys.server.services;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.store.Store;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys of node ports: each lies in the store while some service has its port, and names the
 * service. Upstream keeps one bitmap of all ports, over which every writer of the cluster competes;
 * here only those who want the same port do.
 */
public final class NodePorts {
  /** Under it no kind's objects lie. */
  static final String PREFIX = StoreKeys.ROOT + "ranges/servicenodeports/";

  private NodePorts() {}

  /** The ports a service has, that of its health check among them. */
  public static Set<Integer> of(ServiceSpec spec) {
    Set<Integer> ports = new HashSet<>();
    for (ServicePort port : spec.ports()) {
      ports.add(port.nodePort());
    }
    ports.add(spec.healthCheckNodePort());
    ports.remove(0);
    return ports;
  }

  public static String key(int port) {
    return PREFIX + port;
  }

  /** The port whose key it is; 0 for another key. */
  public static int portOf(String key) {
    return key.startsWith(PREFIX) ? Integer.parseInt(key.substring(PREFIX.length())) : 0;
  }

  /** What says that a service has a port. */
  public static Store.Put claim(int port, Service service) {
    byte[] value = (service.namespace() + "/" + service.name()).getBytes(UTF_8);
    return new Store.Put(key(port), value, null);
  }
}
