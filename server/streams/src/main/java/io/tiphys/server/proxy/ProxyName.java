package io.tiphys.server.proxy;

import io.tiphys.api.ApiFailure;
import io.tiphys.meta.GoText;

/**
 * The name in a proxy's path: {@code name}, {@code name:port} or {@code scheme:name:port}. Checked
 * against SplitSchemeNamePort of apimachinery/pkg/util/net/port_split.go.
 *
 * @param scheme http, https or empty
 * @param port empty for none
 */
record ProxyName(String scheme, String name, String port) {
  /**
   * Reads a name.
   *
   * @param what it names, for the message: pod, service or node
   */
  static ProxyName parse(String text, String what) {
    String[] parts = text.split(":", -1);
    ProxyName found =
        switch (parts.length) {
          case 1 -> new ProxyName("", parts[0], "");
          case 2 -> new ProxyName("", parts[0], parts[1]);
          case 3 -> new ProxyName(parts[0], parts[1], parts[2]);
          default -> new ProxyName("", "", "");
        };
    boolean scheme =
        found.scheme.isEmpty() || found.scheme.equals("http") || found.scheme.equals("https");
    if (!scheme || found.name.isEmpty()) {
      throw ApiFailure.badRequest("invalid %s request %s".formatted(what, GoText.quote(text)));
    }
    return found;
  }
}
