package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodDNSConfig;
import io.tiphys.base.machine.Disk;
import io.tiphys.node.cri.DnsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a pod's resolv.conf says; checked against pkg/kubelet/network/dns/dns.go. */
final class Resolver {
  private static final Path HOST = Path.of("/etc/resolv.conf");

  private Resolver() {}

  static DnsConfig of(Disk disk, Pod pod, ContainerConfigs.NodeFacts facts) {
    String policy = pod.spec().dnsPolicy();
    boolean cluster =
        policy.equals("ClusterFirstWithHostNet")
            || (policy.equals("ClusterFirst") && !pod.spec().hostNetwork());
    DnsConfig host = host(disk, HOST);
    DnsConfig base =
        policy.equals("None") ? DnsConfig.EMPTY : cluster ? inCluster(pod, facts, host) : host;
    return with(base, pod.spec().dnsConfig());
  }

  private static DnsConfig inCluster(Pod pod, ContainerConfigs.NodeFacts facts, DnsConfig host) {
    String domain = facts.clusterDomain();
    Set<String> searches = new LinkedHashSet<>();
    searches.add(pod.namespace() + ".svc." + domain);
    searches.add("svc." + domain);
    searches.add(domain);
    searches.addAll(host.searches());
    return new DnsConfig(List.of(facts.dnsAddress()), List.copyOf(searches), List.of("ndots:5"));
  }

  private static DnsConfig with(DnsConfig base, @Nullable PodDNSConfig more) {
    if (more == null) {
      return base;
    }
    Set<String> servers = new LinkedHashSet<>(base.servers());
    servers.addAll(more.nameservers());
    Set<String> searches = new LinkedHashSet<>(base.searches());
    searches.addAll(more.searches());
    List<String> options = new ArrayList<>(base.options());
    more.options()
        .forEach(
            option -> {
              options.removeIf(o -> o.equals(option.name()) || o.startsWith(option.name() + ":"));
              options.add(
                  option.value() == null || option.value().isEmpty()
                      ? option.name()
                      : option.name() + ":" + option.value());
            });
    return new DnsConfig(List.copyOf(servers), List.copyOf(searches), options);
  }

  static DnsConfig host(Disk disk, Path file) {
    List<String> servers = new ArrayList<>();
    List<String> searches = new ArrayList<>();
    List<String> options = new ArrayList<>();
    try {
      for (String line : disk.readAllLines(file)) {
        List<String> words = List.of(line.strip().split("\\s+"));
        List<String> rest = words.subList(1, words.size());
        switch (words.getFirst()) {
          case "nameserver" -> servers.addAll(rest);
          case "search" -> {
            searches.clear();
            searches.addAll(rest);
          }
          case "options" -> options.addAll(rest);
          default -> {} // comments and what nobody uses
        }
      }
    } catch (IOException _) {
      return DnsConfig.EMPTY;
    }
    return new DnsConfig(servers, searches, options);
  }
}
