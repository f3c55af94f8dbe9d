package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.core.v1.Sysctl;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kernel's parameters that a pod may set for itself without touching others. */
final class Sysctls {
  /** By the minor version since which they are allowed; check_sysctls.go. */
  private static final Map<String, Integer> SAFE =
      Map.ofEntries(
          Map.entry("kernel.shm_rmid_forced", 0),
          Map.entry("net.ipv4.ip_local_port_range", 0),
          Map.entry("net.ipv4.tcp_syncookies", 0),
          Map.entry("net.ipv4.ping_group_range", 0),
          Map.entry("net.ipv4.ip_unprivileged_port_start", 0),
          Map.entry("net.ipv4.ip_local_reserved_ports", 27),
          Map.entry("net.ipv4.tcp_keepalive_time", 29),
          Map.entry("net.ipv4.tcp_fin_timeout", 29),
          Map.entry("net.ipv4.tcp_keepalive_intvl", 29),
          Map.entry("net.ipv4.tcp_keepalive_probes", 29),
          Map.entry("net.ipv4.tcp_rmem", 32),
          Map.entry("net.ipv4.tcp_wmem", 32));

  private Sysctls() {}

  static @Nullable Finding check(Candidate pod, int minor) {
    List<String> forbidden =
        pod.security().sysctls().stream()
            .map(Sysctl::name)
            .filter(name -> SAFE.getOrDefault(name, Integer.MAX_VALUE) > minor)
            .toList();
    return forbidden.isEmpty()
        ? null
        : new Finding("forbidden sysctls", String.join(", ", forbidden));
  }
}
