package io.tiphys.network.proxy;

/** The tables of a {@link RuleSet} that a packet is looked up in. */
enum Lookup {
  /** The service's address, protocol and port, to the chain that picks an endpoint. */
  SERVICE_IPS("service-ips", "ipv4_addr . inet_proto . inet_service : verdict"),
  /** Protocol and port of this node, to the chain that picks an endpoint. */
  NODE_PORTS("node-ports", "inet_proto . inet_service : verdict"),
  /** As SERVICE_IPS, where there is nobody to send packets to. */
  DEAD_IPS("dead-ips", "ipv4_addr . inet_proto . inet_service : verdict"),
  /** As NODE_PORTS, where there is nobody to send packets to. */
  DEAD_NODE_PORTS("dead-node-ports", "inet_proto . inet_service : verdict"),
  /** A load balancer's address, to the chain that drops unwelcome senders. */
  FIREWALL_IPS("firewall-ips", "ipv4_addr . inet_proto . inet_service : verdict"),
  /** The cluster addresses that are given to a service. */
  CLUSTER_IPS("cluster-ips", "ipv4_addr"),
  /** Every endpoint as sender and receiver: a pod that reached itself by a service. */
  HAIRPINS("hairpins", "ipv4_addr . ipv4_addr");

  private final String label;
  private final String type;

  Lookup(String label, String type) {
    this.label = label;
    this.type = type;
  }

  /** Its name in the kernel. */
  String label() {
    return label;
  }

  String declaration() {
    String kind = type.endsWith("verdict") ? "map" : "set";
    return kind + " " + label + " { type " + type + "; }";
  }
}
