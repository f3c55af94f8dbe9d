package io.tiphys.network.pods;

import io.tiphys.linux.IpPrefix;
import java.net.InetAddress;
import java.util.List;

/**
 * A pod's place on the network.
 *
 * @param address the pod's own; its prefix is what the pod reaches without the gateway: itself
 * @param gateway where everything else goes
 * @param link the host's end of the pod's interface
 * @param hostPorts the ports of the node that lead to it
 */
public record Attachment(
    String sandboxId,
    String podNamespace,
    String podName,
    IpPrefix address,
    InetAddress gateway,
    String mac,
    String link,
    List<HostPort> hostPorts) {
  public Attachment {
    hostPorts = List.copyOf(hostPorts);
  }

  /** The pod's address in text, as in its status. */
  public String ip() {
    return address.address().getHostAddress();
  }
}
