package io.tiphys.node.cri;

import java.util.List;

/** The addresses of a sandbox; empty with the host's network. */
public record PodSandboxNetworkStatus(String ip, List<String> additionalIps) {
  public static final PodSandboxNetworkStatus EMPTY = new PodSandboxNetworkStatus("", List.of());

  public PodSandboxNetworkStatus {
    additionalIps = List.copyOf(additionalIps);
  }
}
