package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.base.Clock;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.http.User;
import io.tiphys.server.services.IpAddresses;
import io.tiphys.server.services.NodePorts;
import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What services have alone is kept by keys of their own: an IPAddress for each address, {@link
 * NodePorts} for each port. They are written and deleted in the transaction of the service itself,
 * whoever writes it, so that several servers of one store never give the same twice and nothing is
 * lost with a server that ends between two writes. Upstream writes the IPAddress first and the
 * service then (pkg/registry/core/service/ipallocator).
 */
final class ServiceClaims {
  private static final String PREFIX = StoreKeys.prefix(NetworkingV1.IPADDRESSES);

  /** As upstream's servers write them, through their loopback client. */
  private static final Call SELF =
      Call.of(new User("system:apiserver", "", List.of(User.MASTERS), Map.of()), "kube-apiserver");

  private final Supplier<Served<IPAddress, ?>> addresses;
  private final ManagedFields managedFields;
  private final Clock clock;
  private final RandomGenerator random;

  ServiceClaims(
      Supplier<Served<IPAddress, ?>> addresses,
      ManagedFields managedFields,
      Clock clock,
      RandomGenerator random) {
    this.addresses = addresses;
    this.managedFields = managedFields;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What goes with a write; nothing for objects that are no services.
   *
   * @param old null when there was nothing
   * @param now null when there will be nothing
   */
  Claims between(Resource<?> resource, @Nullable ApiObject old, @Nullable ApiObject now) {
    return resource.equals(CoreV1.SERVICES) ? between((Service) old, (Service) now) : Claims.NONE;
  }

  private Claims between(@Nullable Service old, @Nullable Service now) {
    Set<String> addressesBefore = addressesOf(old);
    Set<String> addressesNow = addressesOf(now);
    Set<Integer> portsBefore = portsOf(old);
    Set<Integer> portsNow = portsOf(now);
    if (addressesBefore.equals(addressesNow) && portsBefore.equals(portsNow)) {
      return Claims.NONE;
    }
    List<Store.Put> taken = new ArrayList<>();
    List<String> released = new ArrayList<>();
    if (now != null) {
      without(addressesNow, addressesBefore).forEach(address -> taken.add(claim(address, now)));
      without(portsNow, portsBefore).forEach(port -> taken.add(NodePorts.claim(port, now)));
    }
    if (old != null) {
      for (String address : without(addressesBefore, addressesNow)) {
        if (goesWith(address, old)) {
          released.add(PREFIX + address);
        }
      }
      without(portsBefore, portsNow).forEach(port -> released.add(NodePorts.key(port)));
    }
    return new Claims(taken, released);
  }

  private static Set<String> addressesOf(@Nullable Service service) {
    return service == null ? Set.of() : AllocatedServices.addressesOf(service.spec());
  }

  private static Set<Integer> portsOf(@Nullable Service service) {
    return service == null ? Set.of() : NodePorts.of(service.spec());
  }

  private static <E extends Comparable<E>> Set<E> without(Set<E> all, Set<E> others) {
    Set<E> rest = new HashSet<>(all);
    rest.removeAll(others);
    return new TreeSet<>(rest);
  }

  private Store.Put claim(String address, Service service) {
    IPAddress object =
        managedFields.created(addresses.get(), SELF, IpAddresses.of(address, service));
    object = Metadata.with(object, Metadata.born(object.metadata(), clock.now(), random));
    return new Store.Put(PREFIX + address, ObjectCodec.toJson(object), null);
  }

  /**
   * What is held by finalizers, or has become another's, stays; upstream's repair deals with it.
   */
  private boolean goesWith(String address, Service service) {
    Cached<IPAddress> found = addresses.get().find("", address);
    return found == null
        || (found.record().metadata().finalizers().isEmpty()
            && IpAddresses.isOf(found.record(), service));
  }
}
