package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.base.Clock;
import io.tiphys.server.cache.CacheWatch;
import io.tiphys.server.cache.CachedEvent;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.Selection;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.services.NodePorts;
import io.tiphys.server.services.PortRepair;
import io.tiphys.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The addresses and node ports that are taken as far as this server knows: those of present
 * services and of IPAddress objects, and those given to writes under way here.
 *
 * <p>The first come from the cache, the others are held from when they are given until the cache
 * has shown the state of the store in which their write has ended, one way or the other. What
 * another server gives at the same time is not known here: there the store decides, see {@link
 * ServiceClaims}.
 */
final class AllocatedServices {
  /** By then such a key has a service, or has been taken away: see {@link PortRepair}. */
  private static final Duration REFUSED = PortRepair.INTERVAL.multipliedBy(2);

  private final WatchCache cache;
  private final Clock clock;
  private final ResourceCache<IPAddress> addressObjects;
  private final ReentrantLock lock = new ReentrantLock();
  private final Taken taken = new Taken();

  /** Guarded by {@link #lock}. */
  private CacheWatch<Service, Service> changes;

  AllocatedServices(WatchCache cache, Clock clock) {
    this.cache = cache;
    this.clock = clock;
    addressObjects = cache.of(NetworkingV1.IPADDRESSES);
    changes = watch();
  }

  private CacheWatch<Service, Service> watch() {
    ResourceCache<Service> services = cache.of(CoreV1.SERVICES);
    return services.watchFromPresent(
        services.storedForm(), Selection.of(""), cache.revision(), false, false);
  }

  /** Something that is done while nobody else is given anything. */
  @FunctionalInterface
  interface Step<R, E extends Exception> {
    R run(Taken taken) throws E;
  }

  <R, E extends Exception> R under(Step<R, E> step) throws E {
    lock.lock();
    try {
      catchUp();
      return step.run(taken);
    } finally {
      lock.unlock();
    }
  }

  /** The store has refused a port that seemed to be free. */
  void refuse(int port) {
    lock.lock();
    try {
      catchUp();
      if (!taken.has(port)) {
        taken.refused.put(port, clock.nanoTime());
      }
    } finally {
      lock.unlock();
    }
  }

  private void catchUp() {
    long shown = cache.revision(); // before the events are read: all up to it are at hand
    if (changes.hasEnded()) {
      changes = watch();
      taken.forget();
    }
    for (CachedEvent<Service> event = changes.poll(); event != null; event = changes.poll()) {
      if (event instanceof CachedEvent.Changed<Service>(var kind, var service)) {
        taken.forget(service.key());
        if (kind != CachedEvent.Kind.DELETED) {
          taken.add(service.key(), service.record().spec());
        }
      }
    }
    taken.settle(shown);
  }

  /** What was given to one write. */
  final class Hold {
    private final Set<String> addresses;
    private final Set<Integer> ports;

    Hold(Collection<String> addresses, Collection<Integer> ports) {
      this.addresses = Set.copyOf(addresses);
      this.ports = Set.copyOf(ports);
    }

    /** The write has ended. */
    void release() {
      if (addresses.isEmpty() && ports.isEmpty()) {
        return;
      }
      long revision = storeRevision();
      lock.lock();
      try {
        taken.ended.add(new Ended(this, revision));
      } finally {
        lock.unlock();
      }
    }
  }

  /** A revision that the write under way cannot come after, as far as it can be asked. */
  private long storeRevision() {
    try {
      return cache.storeRevision();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cache.revision();
    } catch (StoreException | ApiFailure _) {
      return cache.revision();
    }
  }

  private record Ended(Hold hold, long revision) {}

  private record Share(Set<String> addresses, Set<Integer> ports) {}

  /** What is taken; used under the lock. */
  final class Taken {
    private final Map<String, Share> byService = new HashMap<>();
    private final Map<String, Integer> addresses = new HashMap<>();
    private final Map<Integer, Integer> ports = new HashMap<>();
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();

    /** Ports that the store has by a key though no service known here has them, since when. */
    private final Map<Integer, Long> refused = new HashMap<>();

    boolean has(String address) {
      return addresses.containsKey(address) || addressObjects.get(address) != null;
    }

    boolean has(int port) {
      Long since = refused.get(port);
      return ports.containsKey(port)
          || (since != null && clock.nanoTime() - since < REFUSED.toNanos());
    }

    Hold hold(Collection<String> given, Collection<Integer> givenPorts) {
      Hold hold = new Hold(given, givenPorts);
      count(hold.addresses, hold.ports, 1);
      return hold;
    }

    private void add(String service, ServiceSpec spec) {
      Share share = new Share(addressesOf(spec), NodePorts.of(spec));
      byService.put(service, share);
      count(share.addresses, share.ports, 1);
    }

    private void forget(String service) {
      Share share = byService.remove(service);
      if (share != null) {
        count(share.addresses, share.ports, -1);
      }
    }

    /** Forgets all present services; what writes under way were given stays taken. */
    private void forget() {
      for (String service : Set.copyOf(byService.keySet())) {
        forget(service);
      }
    }

    /** Lets go of what was given to writes whose outcome has been seen. */
    private void settle(long shown) {
      while (!ended.isEmpty() && ended.getFirst().revision <= shown) {
        Hold hold = ended.removeFirst().hold;
        count(hold.addresses, hold.ports, -1);
      }
    }

    private void count(Set<String> some, Set<Integer> somePorts, int more) {
      some.forEach(address -> count(addresses, address, more));
      somePorts.forEach(port -> count(ports, port, more));
    }

    private static <K> void count(Map<K, Integer> counts, K key, int more) {
      counts.merge(key, more, (had, added) -> had + added == 0 ? null : had + added);
    }
  }

  /** The addresses of a service: none of one that has no address. */
  static Set<String> addressesOf(ServiceSpec spec) {
    Set<String> addresses = new HashSet<>(spec.clusterIPs());
    addresses.add(spec.clusterIP());
    addresses.remove("");
    addresses.remove(ServiceGrants.NONE);
    return addresses;
  }
}
