package io.tiphys.server.audit;

import io.tiphys.meta.IpAddress;
import io.tiphys.server.http.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from: what proxies say, then the other end of the connection. Only the last
 * is sure. Checked against SourceIPs of apimachinery/pkg/util/net/http.go.
 */
final class SourceAddresses {
  private SourceAddresses() {}

  static List<String> of(Request request) {
    List<String> addresses = new ArrayList<>();
    for (String hop : request.headers().getOrDefault("x-forwarded-for", "").split(",", -1)) {
      String address = address(hop.trim());
      if (address != null) {
        addresses.add(address);
      }
    }
    String real = address(request.headers().getOrDefault("x-real-ip", ""));
    if (real != null && !addresses.contains(real)) {
      addresses.add(real);
    }
    String remote = address(withoutZone(request.peer().address()));
    if (remote != null && (addresses.isEmpty() || !addresses.getLast().equals(remote))) {
      addresses.add(remote);
    }
    return addresses;
  }

  /** Link-local addresses of the JDK name the link. */
  private static String withoutZone(String address) {
    int percent = address.indexOf('%');
    return percent < 0 ? address : address.substring(0, percent);
  }

  private static @Nullable String address(String text) {
    IpAddress address = IpAddress.parse(text);
    return address == null ? null : address.toString();
  }
}
