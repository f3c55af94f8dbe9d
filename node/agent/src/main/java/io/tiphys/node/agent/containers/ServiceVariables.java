package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The variables by which old programs find services; checked against pkg/kubelet/envvars. */
final class ServiceVariables {
  private static final String DEFAULT = "default";
  private static final String KUBERNETES = "kubernetes";

  private ServiceVariables() {}

  /**
   * @param links whether the pod wants those of its own namespace; the API's own are always there
   */
  static Map<String, String> of(String namespace, List<Service> services, boolean links) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Service service : services) {
      String address = service.spec().clusterIP();
      boolean api = service.namespace().equals(DEFAULT) && service.name().equals(KUBERNETES);
      boolean linked = links && service.namespace().equals(namespace);
      if ((api || linked) && !address.isEmpty() && !address.equals("None")) {
        add(variables, service, address);
      }
    }
    return variables;
  }

  private static void add(Map<String, String> variables, Service service, String address) {
    String name = service.name().toUpperCase(Locale.ROOT).replace('-', '_');
    List<ServicePort> ports = service.spec().ports();
    variables.put(name + "_SERVICE_HOST", address);
    for (int i = 0; i < ports.size(); i++) {
      ServicePort port = ports.get(i);
      if (i == 0) {
        variables.put(name + "_SERVICE_PORT", String.valueOf(port.port()));
        variables.put(name + "_PORT", url(port, address));
      }
      if (!port.name().isEmpty()) {
        String portName = port.name().toUpperCase(Locale.ROOT).replace('-', '_');
        variables.put(name + "_SERVICE_PORT_" + portName, String.valueOf(port.port()));
      }
      String prefix =
          "%s_PORT_%d_%s".formatted(name, port.port(), port.protocol().toUpperCase(Locale.ROOT));
      variables.put(prefix, url(port, address));
      variables.put(prefix + "_PROTO", port.protocol().toLowerCase(Locale.ROOT));
      variables.put(prefix + "_PORT", String.valueOf(port.port()));
      variables.put(prefix + "_ADDR", address);
    }
  }

  private static String url(ServicePort port, String address) {
    return "%s://%s:%d".formatted(port.protocol().toLowerCase(Locale.ROOT), address, port.port());
  }
}
