package io.tiphys.server.services;

import io.tiphys.api.core.v1.Service;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.store.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts right what does not agree of services and {@link NodePorts}: a service that an older program
 * wrote gets the keys of its ports, and a key that is no service's goes once it has been found
 * twice, since a service that takes very many ports is written after the first of them. Checked
 * against pkg/registry/core/service/portallocator/controller/repair.go.
 */
public final class PortRepair {
  /** Upstream's for ports. */
  public static final Duration INTERVAL = Duration.ofMinutes(3);

  private final Store store;

  /** Keys that were no service's when they were last looked at, with their revisions. */
  private Map<String, Long> suspects = new HashMap<>();

  PortRepair(Store store) {
    this.store = store;
  }

  /**
   * @param services as they were at some time after {@code keys} were read
   */
  void run(List<Store.Entry> keys, Collection<Service> services) {
    Set<String> present = new HashSet<>();
    keys.forEach(entry -> present.add(entry.key()));
    Set<String> wanted = new HashSet<>();
    for (Service service : services) {
      for (int port : NodePorts.of(service.spec())) {
        String key = NodePorts.key(port);
        wanted.add(key);
        if (!present.contains(key)) {
          store.put(key, NodePorts.claim(port, service).value(), Store.ABSENT);
        }
      }
    }
    Map<String, Long> found = new HashMap<>();
    for (Store.Entry entry : keys) {
      if (!wanted.contains(entry.key())) {
        if (suspects.getOrDefault(entry.key(), 0L) == entry.modRevision()) {
          store.delete(entry.key(), entry.modRevision());
        } else {
          found.put(entry.key(), entry.modRevision());
        }
      }
    }
    suspects = found;
  }

  /** All keys of ports. */
  List<Store.Entry> read() {
    Store.Range range =
        store.range(NodePorts.PREFIX, StoreKeys.end(NodePorts.PREFIX), Store.NEWEST, 0);
    return range instanceof Store.Range.Page page ? page.entries() : List.of();
  }
}
