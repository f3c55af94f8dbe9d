package io.tiphys.node.cri;

import java.util.List;

/** What goes into the pod's resolv.conf. */
public record DnsConfig(List<String> servers, List<String> searches, List<String> options) {
  public static final DnsConfig EMPTY = new DnsConfig(List.of(), List.of(), List.of());

  public DnsConfig {
    servers = List.copyOf(servers);
    searches = List.copyOf(searches);
    options = List.copyOf(options);
  }
}
