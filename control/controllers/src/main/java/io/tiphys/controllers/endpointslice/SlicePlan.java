package io.tiphys.controllers.endpointslice;

import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fewest writes that bring the slices of a service to what they should be. Checked against
 * reconcileByAddressType, reconcileByPortMapping and finalize in endpointslice/reconciler.go.
 *
 * <p>Endpoints that stay keep their slice. New ones fill slices that change anyway, the fullest
 * first; then one unchanged slice that takes them all; then new slices.
 */
record SlicePlan(
    List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {

  /** As upstream: small enough that a change of one endpoint is a small message. */
  static final int MAX_ENDPOINTS = 100;

  /** What makes an endpoint the same one, whatever its conditions. */
  private record Identity(List<String> addresses, String hostname, String namespace, String name) {
    static Identity of(Endpoint endpoint) {
      ObjectReference target = endpoint.targetRef();
      String hostname = endpoint.hostname();
      return new Identity(
          endpoint.addresses().stream().sorted().toList(),
          hostname == null ? "" : hostname,
          target == null ? "" : target.namespace(),
          target == null ? "" : target.name());
    }
  }

  /**
   * @param desired the endpoints by the ports they offer
   * @param existing the slices of the service and of one address type
   * @param blank a new slice without ports and endpoints; it has the labels all must have
   */
  static SlicePlan of(
      Map<Set<EndpointPort>, List<Endpoint>> desired,
      Collection<EndpointSlice> existing,
      EndpointSlice blank) {
    Map<Set<EndpointPort>, List<EndpointSlice>> byPorts = new LinkedHashMap<>();
    for (EndpointSlice slice : existing) {
      byPorts
          .computeIfAbsent(new LinkedHashSet<>(slice.ports()), _ -> new ArrayList<>())
          .add(slice);
    }
    SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    desired.forEach(
        (ports, endpoints) ->
            plan.share(
                endpoints,
                byPorts.getOrDefault(ports, List.of()),
                blank.withPorts(List.copyOf(ports))));
    byPorts.forEach(
        (ports, slices) -> {
          if (!desired.containsKey(ports)) {
            plan.delete.addAll(slices);
          }
        });
    plan.keepOne(existing, blank);
    plan.reuse();
    return plan;
  }

  /** A service without endpoints still has one slice, an empty one. */
  private void keepOne(Collection<EndpointSlice> existing, EndpointSlice blank) {
    if (existing.size() != delete.size() || !create.isEmpty()) {
      return;
    }
    boolean there =
        delete.size() == 1
            && delete.getFirst().endpoints().isEmpty()
            && delete.getFirst().ports().isEmpty()
            && delete.getFirst().metadata().labels().equals(blank.metadata().labels());
    if (there) {
      delete.clear();
    } else {
      create.add(blank);
    }
  }

  /** Of one slice to create and one to delete an update is made. */
  private void reuse() {
    while (!create.isEmpty() && !delete.isEmpty()) {
      EndpointSlice made = create.removeLast();
      EndpointSlice old = delete.removeFirst();
      update.add(made.withMetadata(old.metadata().withLabels(made.metadata().labels())));
    }
  }

  private void share(List<Endpoint> desired, List<EndpointSlice> slices, EndpointSlice blank) {
    Map<Identity, Endpoint> missing = new LinkedHashMap<>();
    desired.forEach(endpoint -> missing.put(Identity.of(endpoint), endpoint));
    Map<String, String> labels = blank.metadata().labels();
    List<EndpointSlice> changed = new ArrayList<>();
    List<EndpointSlice> unchanged = new ArrayList<>();
    for (EndpointSlice slice : slices) {
      List<Endpoint> kept = new ArrayList<>();
      for (Endpoint endpoint : slice.endpoints()) {
        Endpoint wanted = missing.remove(Identity.of(endpoint));
        if (wanted != null) {
          kept.add(wanted);
        }
      }
      boolean same = kept.equals(slice.endpoints());
      if (!same && kept.isEmpty()) {
        delete.add(slice);
      } else if (same && slice.metadata().labels().equals(labels)) {
        unchanged.add(slice);
      } else {
        changed.add(
            slice.toBuilder()
                .metadata(slice.metadata().withLabels(labels))
                .endpoints(kept)
                .build());
      }
    }
    List<Endpoint> rest = new ArrayList<>(missing.values());
    changed.sort(
        Comparator.comparingInt((EndpointSlice slice) -> slice.endpoints().size()).reversed());
    changed.forEach(slice -> update.add(filled(slice, rest)));
    while (!rest.isEmpty()) {
      EndpointSlice roomy = roomy(unchanged, rest.size());
      if (roomy == null) {
        create.add(filled(blank, rest));
      } else {
        unchanged.remove(roomy);
        update.add(filled(roomy, rest));
      }
    }
  }

  /** The slice with as many as fit; what fits is taken off the list. */
  private static EndpointSlice filled(EndpointSlice slice, List<Endpoint> rest) {
    int room = Math.min(rest.size(), MAX_ENDPOINTS - slice.endpoints().size());
    if (room <= 0) {
      return slice;
    }
    List<Endpoint> endpoints = new ArrayList<>(slice.endpoints());
    endpoints.addAll(rest.subList(0, room));
    rest.subList(0, room).clear();
    return slice.withEndpoints(endpoints);
  }

  /** The slice that is fullest once {@code count} are added, if they fit in one at all. */
  private static @Nullable EndpointSlice roomy(List<EndpointSlice> slices, int count) {
    return slices.stream()
        .filter(slice -> slice.endpoints().size() + count <= MAX_ENDPOINTS)
        .max(Comparator.comparingInt(slice -> slice.endpoints().size()))
        .orElse(null);
  }
}
