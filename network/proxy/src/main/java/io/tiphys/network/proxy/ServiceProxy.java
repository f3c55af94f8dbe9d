package io.tiphys.network.proxy;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import io.tiphys.client.ObjectKey;
import io.tiphys.linux.Conntrack;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.NetworkStack;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the kernel's packet rules as the services and their endpoints ask for.
 *
 * <p>Handlers only note which service has changed; one thread plans those again and tells the
 * kernel what differs from what it told it last, in one transaction. Changes that come while a
 * transaction runs share the next one. The first transaction, and the one after any failure,
 * replaces the whole table.
 */
public final class ServiceProxy implements Lifecycle {
  private static final Logger LOG = System.getLogger(ServiceProxy.class.getName());

  /** The label by which a slice names its service. */
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  private static final String BY_SERVICE = "proxy.service";

  private final ProxyConfig config;
  private final Kernel kernel;
  private final Informer<Service> services;
  private final Informer<EndpointSlice> slices;
  private final RuleSet ruleSet;

  private final Set<ObjectKey> changed = new TreeSet<>();
  private final SortedMap<ObjectKey, ServiceRules> planned = new TreeMap<>();
  private @Nullable ServiceRules told;
  private volatile String problem = "";
  private boolean closed;
  private Loops.@Nullable Loop loop;

  /** What the rules are told to. */
  interface Kernel extends Lifecycle {
    /** Carries out a script as one transaction. */
    void apply(String script);

    /** Prepares links and settings; repeated with every full replacement. */
    void prepare();

    /** Takes back what {@link #prepare} did. */
    void restore();

    /** Makes the kernel forget flows of UDP. */
    void forgetUdp(Predicate<Conntrack.Flow> stale);
  }

  private ServiceProxy(ProxyConfig config, Kernel kernel, Informers informers) {
    this.config = config;
    this.kernel = kernel;
    this.ruleSet = new RuleSet(config);
    this.services = informers.of(CoreV1.SERVICES);
    this.slices = informers.of(DiscoveryV1.ENDPOINTSLICES);
    slices.addIndex(BY_SERVICE, slice -> List.of(serviceOf(slice).toString()));
    services.addHandler(Handler.of(service -> changed(ObjectKey.of(service))));
    slices.addHandler(Handler.of(slice -> changed(serviceOf(slice))));
  }

  /**
   * Starts; the informers' first lists may come later. The table of a former life stays in force
   * until then.
   *
   * @param stack the network of the node; closed with this object
   */
  public static ServiceProxy open(
      ProxyConfig config, NetworkStack stack, Informers informers, Loops loops) {
    return start(config, new HostKernel(config, stack), informers, loops);
  }

  static ServiceProxy start(ProxyConfig config, Kernel kernel, Informers informers, Loops loops) {
    ServiceProxy proxy = new ServiceProxy(config, kernel, informers);
    proxy.loop = loops.start("service-proxy", proxy::run);
    return proxy;
  }

  private static ObjectKey serviceOf(EndpointSlice slice) {
    String name = slice.metadata().labels().getOrDefault(SERVICE_NAME, "");
    return new ObjectKey(slice.metadata().namespace(), name);
  }

  private synchronized void changed(ObjectKey service) {
    changed.add(service);
    notifyAll();
  }

  private void run() throws InterruptedException {
    services.awaitSync();
    slices.awaitSync();
    while (true) {
      Set<ObjectKey> next = takeChanged(told == null);
      try {
        tell(next);
        problem = "";
      } catch (RuntimeException | Error e) {
        startOver(next);
        problem = "services do not work on this node: " + e.getMessage();
        throw e;
      }
    }
  }

  /** What the kernel has now is anyone's guess. */
  private synchronized void startOver(Set<ObjectKey> unplanned) {
    told = null;
    changed.addAll(unplanned);
  }

  private synchronized Set<ObjectKey> takeChanged(boolean atOnce) throws InterruptedException {
    while (changed.isEmpty() && !atOnce && !closed) {
      wait();
    }
    if (closed) {
      throw new InterruptedException("closed");
    }
    Set<ObjectKey> taken = new TreeSet<>(changed);
    changed.clear();
    return taken;
  }

  private void tell(Set<ObjectKey> keys) {
    for (ObjectKey key : keys) {
      Service service = services.get(key);
      if (service == null) {
        planned.remove(key);
      } else {
        List<EndpointSlice> its = slices.byIndex(BY_SERVICE, key.toString());
        planned.put(key, ServicePlan.of(service, its, config));
      }
    }
    ServiceRules wanted = ServiceRules.merge(planned.values());
    if (told == null) {
      kernel.prepare();
      kernel.apply(ruleSet.replace(wanted));
    } else {
      String script = ruleSet.change(told, wanted);
      if (!script.isEmpty()) {
        kernel.apply(script);
      }
    }
    StaleFlows stale = new StaleFlows(told == null ? Map.of() : told.udp(), wanted.udp());
    told = wanted;
    if (stale.possible()) {
      try {
        kernel.forgetUdp(stale);
      } catch (LinuxFailure e) {
        // The rules are right; such flows end by themselves, only later.
        LOG.log(Level.WARNING, "old flows of UDP could not be forgotten", e);
      }
    }
  }

  /** What is wrong, a sentence for people; empty if all is well. */
  public List<String> problems() {
    return problem.isEmpty() ? List.of() : List.of(problem);
  }

  /** Stops following changes; the rules stay in force. */
  @Override
  public void close() {
    stop();
    kernel.close();
  }

  private void stop() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    if (loop != null) {
      loop.close();
    }
  }

  /** Closes and removes the rules. */
  public void delete() {
    stop();
    kernel.apply(ruleSet.delete());
    kernel.restore();
    kernel.close();
  }

  /** Removes what a proxy of that configuration may have left, without opening one. */
  public static void delete(ProxyConfig config, NetworkStack stack) {
    Kernel kernel = new HostKernel(config, stack);
    kernel.apply(new RuleSet(config).delete());
    kernel.restore();
  }
}
