package io.tiphys.server.proxy;

import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;

/**
 * The objects that proxies look up.
 *
 * <p>All methods throw {@link io.tiphys.api.ApiFailure} when there is none of that name.
 */
public interface ProxyObjects {
  Pod pod(String namespace, String name);

  Service service(String namespace, String name);

  Endpoints endpoints(String namespace, String name);

  Node node(String name);
}
