package io.tiphys.network.pods;

import io.tiphys.linux.IpPrefix;

/** Every address of the node's pod network is taken. */
public final class NoAddressLeft extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoAddressLeft(IpPrefix podCidr) {
    super("no address left in the pod network " + podCidr);
  }
}
