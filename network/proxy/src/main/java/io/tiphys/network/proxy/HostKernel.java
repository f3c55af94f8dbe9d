package io.tiphys.network.proxy;

import io.tiphys.linux.Conntrack;
import io.tiphys.linux.Link;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.NetworkStack;
import io.tiphys.linux.Route;
import java.util.function.Predicate;

/** The node's own kernel. */
record HostKernel(ProxyConfig config, NetworkStack stack) implements ServiceProxy.Kernel {
  @Override
  public void apply(String script) {
    stack.nftables().run(script);
  }

  @Override
  public void forgetUdp(Predicate<Conntrack.Flow> stale) {
    stack.conntrack().forgetUdp(stale);
  }

  /**
   * Lets the host itself reach services without a way out of its own: a route to them, with the
   * pods' gateway as the sender. The packets never take it, they are rewritten before.
   */
  @Override
  public void prepare() {
    Link gateway =
        stack
            .netlink()
            .link(config.gateway().link())
            .orElseThrow(() -> new LinuxFailure("no link " + config.gateway().link(), 0));
    stack.netlink().addRoute(new Route(config.serviceCidr(), null, gateway.index()));
  }

  @Override
  public void restore() {
    // Without the link there is no route either.
    stack
        .netlink()
        .link(config.gateway().link())
        .map(link -> new Route(config.serviceCidr(), null, link.index()))
        .filter(route -> stack.netlink().routes().contains(route))
        .ifPresent(stack.netlink()::deleteRoute);
  }

  @Override
  public void close() {
    stack.close();
  }
}
