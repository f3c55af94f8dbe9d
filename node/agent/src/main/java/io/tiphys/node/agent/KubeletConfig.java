package io.tiphys.node.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * What a node is.
 *
 * @param hostIp the address under which pods and the API know it
 * @param folder where the agent keeps volumes and logs
 * @param clusterDomain such as {@code cluster.local}
 * @param dnsAddress the name server that pods ask
 * @param version as the node reports it, such as {@code v1.36.0}
 * @param reasons why there can be no containers; empty if there can
 */
public record KubeletConfig(
    String nodeName,
    String hostIp,
    Path folder,
    String clusterDomain,
    String dnsAddress,
    String version,
    List<String> reasons) {
  public KubeletConfig {
    reasons = List.copyOf(reasons);
  }
}
