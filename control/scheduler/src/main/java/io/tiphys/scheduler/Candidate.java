package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod as the scheduler looks at it: what it needs is worked out once.
 *
 * @param hostPorts the ports it wants on the node
 */
record Candidate(Pod pod, Resources requests, Resources weighed, List<HostPort> hostPorts) {

  /**
   * A port on a node.
   *
   * @param ip {@code 0.0.0.0} for all addresses
   */
  record HostPort(String ip, String protocol, int port) {
    boolean conflictsWith(HostPort that) {
      return port == that.port
          && protocol.equals(that.protocol)
          && (ip.equals(that.ip) || ip.equals(ALL_ADDRESSES) || that.ip.equals(ALL_ADDRESSES));
    }
  }

  private static final String ALL_ADDRESSES = "0.0.0.0";

  static Candidate of(Pod pod) {
    return new Candidate(
        pod, Resources.requestedBy(pod.spec()), Resources.weighedFor(pod.spec()), hostPortsOf(pod));
  }

  String key() {
    return pod.namespace() + "/" + pod.name();
  }

  String uid() {
    return pod.metadata().uid();
  }

  /** The uid of the controller the pod belongs to, or empty. */
  String owner() {
    for (OwnerReference reference : pod.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(reference.controller())) {
        return reference.uid();
      }
    }
    return "";
  }

  int priority() {
    Integer priority = pod.spec().priority();
    return priority == null ? 0 : priority;
  }

  private static List<HostPort> hostPortsOf(Pod pod) {
    List<HostPort> ports = new ArrayList<>();
    for (Container container : pod.spec().containers()) {
      collect(ports, container);
    }
    for (Container container : pod.spec().initContainers()) {
      if ("Always".equals(container.restartPolicy())) {
        collect(ports, container);
      }
    }
    return List.copyOf(ports);
  }

  private static void collect(List<HostPort> ports, Container container) {
    for (ContainerPort port : container.ports()) {
      if (port.hostPort() > 0) {
        ports.add(
            new HostPort(
                port.hostIP().isEmpty() ? ALL_ADDRESSES : port.hostIP(),
                port.protocol().isEmpty() ? "TCP" : port.protocol(),
                port.hostPort()));
      }
    }
  }
}
