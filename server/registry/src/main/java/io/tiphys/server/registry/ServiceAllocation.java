package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.base.Clock;
import io.tiphys.rules.Invalid;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.registry.ServiceGrants.Refused;
import io.tiphys.server.services.NodePorts;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives services their addresses and node ports. What is taken stands in {@link AllocatedServices},
 * so that a write costs what it asks for and not what there is. Nobody waits under its lock: only
 * one who finds taken what he wants waits for the cache, as it may have been given back just now,
 * and looks once more.
 *
 * <p>Checked against pkg/registry/core/service/storage/{storage,alloc}.go.
 */
final class ServiceAllocation {
  private final WatchCache cache;
  private final ServiceRanges ranges;
  private final RandomGenerator random;
  private final AllocatedServices allocated;

  ServiceAllocation(WatchCache cache, ServiceRanges ranges, Clock clock, RandomGenerator random) {
    this.cache = cache;
    this.ranges = ranges;
    this.random = random;
    allocated = new AllocatedServices(cache, clock);
  }

  /**
   * Gives a service what it lacks.
   *
   * @param old the present service, or null for a new one
   */
  Reservation<Service> reserve(Service service, @Nullable Service old, Call call)
      throws InterruptedException {
    Service wished = ServiceFamilies.complete(ServiceDefaults.complete(service, old), old);
    try {
      return grant(wished, old, call);
    } catch (Refused maybeFreeByNow) {
      cache.awaitCurrent();
    }
    try {
      return grant(wished, old, call);
    } catch (Refused refused) {
      throw refused
          .field()
          .map(error -> Invalid.failure(CoreV1.SERVICES.type().gvk(), service.name(), error))
          .orElseGet(() -> ApiFailure.internalError(String.valueOf(refused.getMessage())));
    }
  }

  private Reservation<Service> grant(Service wished, @Nullable Service old, Call call)
      throws Refused {
    return allocated.under(
        taken -> {
          ServiceGrants grants = new ServiceGrants(taken, networks(), ranges, random, old);
          Service complete = wished.withSpec(grants.complete(wished));
          if (call.dryRun()) {
            return Reservation.none(complete);
          }
          AllocatedServices.Hold hold = taken.hold(grants.addresses(), grants.ports());
          return new Granted(complete, hold);
        });
  }

  private ServiceNetworks networks() {
    return ServiceNetworks.of(
        cache.of(NetworkingV1.SERVICECIDRS).current().in("").stream().map(Cached::record).toList());
  }

  /** Another server has given what was given here: it is not given again until it is free. */
  void refused(String key) throws InterruptedException {
    cache.awaitCurrent();
    int port = NodePorts.portOf(key);
    if (port != 0) {
      allocated.refuse(port);
    }
  }

  private record Granted(Service object, AllocatedServices.Hold hold)
      implements Reservation<Service> {
    @Override
    public void close() {
      hold.release();
    }
  }
}
