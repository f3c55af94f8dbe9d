package io.tiphys.network.proxy;

import io.tiphys.linux.Conntrack.Flow;
import io.tiphys.network.proxy.Endpoints.Target;
import io.tiphys.network.proxy.ServiceRules.Element;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Picks the flows of UDP that must be forgotten: UDP has no end of connection, so a sender that
 * keeps its port would be led to an endpoint that is gone for as long as it goes on asking. Pure.
 */
record StaleFlows(Map<Element, Set<Target>> before, Map<Element, Set<Target>> after)
    implements Predicate<Flow> {
  /** Whether anything can be stale at all. */
  boolean possible() {
    return !before.equals(after);
  }

  @Override
  public boolean test(Flow flow) {
    String ip = flow.target().getAddress().getHostAddress();
    int port = flow.target().getPort();
    Boolean service = judge(flow, new Element(Lookup.SERVICE_IPS, ip + " . udp . " + port));
    if (service != null) {
      return service;
    }
    boolean rewritten = !flow.answerer().equals(flow.target());
    Boolean node = rewritten ? judge(flow, new Element(Lookup.NODE_PORTS, "udp . " + port)) : null;
    return node != null && node;
  }

  /** Null if the element is and was no service's. */
  private @Nullable Boolean judge(Flow flow, Element element) {
    if (!before.containsKey(element) && !after.containsKey(element)) {
      return null;
    }
    Set<Target> answerers = after.getOrDefault(element, Set.of());
    String ip = flow.answerer().getAddress().getHostAddress();
    return !answerers.contains(new Target(ip, flow.answerer().getPort()));
  }
}
