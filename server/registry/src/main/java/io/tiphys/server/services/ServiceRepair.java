package io.tiphys.server.services;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.services.AddressRepair.Plan;
import io.tiphys.server.services.AddressRepair.Step;
import io.tiphys.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps services, IPAddresses and the keys of node ports in agreement: what older programs wrote,
 * and what somebody changed by hand. Addresses are looked at whenever anything of them changes,
 * ports now and then.
 */
public final class ServiceRepair implements Lifecycle {
  private static final Logger log = System.getLogger(ServiceRepair.class.getName());
  private static final String NAME = "ipallocator-repair-controller";

  /** Many changes at once are looked at together. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** After a write that failed. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final WatchCache cache;
  private final Source source;
  private final Clock clock;
  private final EventRecorder events;
  private final PortRepair ports;
  private final Semaphore changed = new Semaphore(1);
  private final Closer closer = new Closer();

  /** What has been said already and still holds. */
  private Set<Step> complaints = new HashSet<>();

  private ServiceRepair(
      Store store, WatchCache cache, Source source, Clock clock, EventRecorder events) {
    this.cache = cache;
    this.source = source;
    this.clock = clock;
    this.events = events;
    ports = new PortRepair(store);
  }

  /**
   * Returns when what was there agrees, as far as it can be made to.
   *
   * @param source as the server itself, which may do everything
   */
  public static ServiceRepair open(
      Store store,
      WatchCache cache,
      Source source,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    EventRecorder events = new EventRecorder(source, clock, random, loops, NAME, "");
    ServiceRepair repair = new ServiceRepair(store, cache, source, clock, events);
    repair.closer.add(events);
    try {
      repair.begin(loops);
      return repair;
    } catch (InterruptedException e) {
      repair.close();
      Thread.currentThread().interrupt();
      throw ApiFailure.timeout("the server was interrupted as it began");
    } catch (RuntimeException e) {
      repair.close();
      throw e;
    }
  }

  private void begin(Loops loops) throws InterruptedException {
    cache.awaitCurrent();
    repairAddresses();
    repairPorts();
    Runnable wake = changed::release;
    closer.add(cache.of(CoreV1.SERVICES).onChange(wake));
    closer.add(cache.of(NetworkingV1.IPADDRESSES).onChange(wake));
    closer.add(cache.of(NetworkingV1.SERVICECIDRS).onChange(wake));
    closer.add(loops.start("service-addresses", this::runAddresses));
    closer.add(loops.start("node-ports", this::runPorts));
  }

  private void runPorts() throws InterruptedException {
    while (true) {
      clock.sleep(PortRepair.INTERVAL);
      repairPorts();
    }
  }

  private void repairPorts() throws InterruptedException {
    List<Store.Entry> keys = ports.read();
    cache.awaitCurrent();
    ports.run(keys, all(CoreV1.SERVICES));
  }

  private void runAddresses() throws InterruptedException {
    while (true) {
      changed.drainPermits();
      Duration again = repairAddresses();
      Clock.Timer timer = again == null ? () -> {} : clock.schedule(again, changed::release);
      try {
        changed.acquire();
      } finally {
        timer.cancel();
      }
      clock.sleep(PAUSE);
    }
  }

  /** When to look again though nothing changes; null: not at all. */
  private @Nullable Duration repairAddresses() throws InterruptedException {
    Plan plan = AddressRepair.of(state(), clock.now());
    List<Step> steps = new ArrayList<>(plan.steps());
    if (!steps.isEmpty()) {
      // A service and its address are written at once, but not seen at once: what is so stays so.
      cache.awaitCurrent();
      steps.retainAll(AddressRepair.of(state(), clock.now()).steps());
    }
    Set<Step> said = new HashSet<>();
    boolean failed = false;
    for (Step step : steps) {
      if (!complaints.contains(step)) {
        failed |= !carriedOut(step);
      }
      if (step instanceof Step.Complain) {
        said.add(step);
      }
    }
    complaints = said;
    return failed ? RETRY : plan.again();
  }

  private AddressRepair.State state() {
    return new AddressRepair.State(
        all(CoreV1.SERVICES), all(NetworkingV1.IPADDRESSES), all(NetworkingV1.SERVICECIDRS));
  }

  private <T extends ApiObject> List<T> all(Resource<T> resource) {
    return cache.of(resource).current().in("").stream().map(Cached::record).toList();
  }

  private boolean carriedOut(Step step) {
    try {
      switch (step) {
        case Step.Make make -> make(make);
        case Step.Delete(var address, var reason, var message) -> {
          events.warning(address, reason, message);
          delete(address);
        }
        case Step.Complain(var service, var reason, var message) ->
            events.warning(service, reason, message);
      }
      return true;
    } catch (ApiFailure failure) {
      log.log(Level.WARNING, "an address of a service was not repaired: " + failure.getMessage());
      return false;
    }
  }

  private void make(Step.Make make) {
    Service service = make.service();
    if (!make.message().isEmpty()) {
      events.warning(service, "ClusterIPNotAllocated", make.message());
    }
    Cached<IPAddress> wrong =
        make.instead() ? cache.of(NetworkingV1.IPADDRESSES).get(make.address()) : null;
    if (wrong != null) {
      delete(wrong.record());
    }
    try {
      source.create(NetworkingV1.IPADDRESSES, IpAddresses.of(make.address(), service));
    } catch (ApiFailure failure) {
      if (!failure.isAlreadyExists()) {
        throw failure;
      }
    }
  }

  /** Another that has come in its place meanwhile stays. */
  private void delete(IPAddress address) {
    DeleteOptions same =
        DeleteOptions.EMPTY.withPreconditions(
            Preconditions.EMPTY.withUid(address.metadata().uid()));
    try {
      source.delete(NetworkingV1.IPADDRESSES, "", address.name(), same);
    } catch (ApiFailure failure) {
      if (!failure.isNotFound() && !failure.isConflict()) {
        throw failure;
      }
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
