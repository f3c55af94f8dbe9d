package io.tiphys.server.apiserver;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.ApiregistrationV1;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import io.tiphys.api.apiregistration.v1.APIService;
import io.tiphys.api.apiregistration.v1.APIServiceSpec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.kinds.Registry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/**
 * Keeps an APIService for each group and version that this server serves itself: for those built in
 * when it starts, for those that are defined as long as they are. One that somebody made otherwise
 * is left alone. Checked against kube-aggregator/pkg/controllers/autoregister and
 * pkg/controlplane/controller/crdregistration.
 */
final class ApiServiceRegistration implements Lifecycle {
  private static final Logger LOG = System.getLogger(ApiServiceRegistration.class.getName());
  private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
  private static final String ON_START = "onstart";
  private static final String ALWAYS = "true";

  /** Of groups that are defined: behind all that are built in. */
  private static final Priority DEFINED = new Priority(1000, 100);

  /** Of the groups built in, as apiVersionPriorities of kube-apiserver has them. */
  private static final Map<String, Integer> GROUPS =
      Map.ofEntries(
          Map.entry("", 18000),
          Map.entry("apps", 17800),
          Map.entry("events.k8s.io", 17750),
          Map.entry("authentication.k8s.io", 17700),
          Map.entry("authorization.k8s.io", 17600),
          Map.entry("autoscaling", 17500),
          Map.entry("batch", 17400),
          Map.entry("certificates.k8s.io", 17300),
          Map.entry("networking.k8s.io", 17200),
          Map.entry("extensions", 17150),
          Map.entry("policy", 17100),
          Map.entry("rbac.authorization.k8s.io", 17000),
          Map.entry("storage.k8s.io", 16800),
          Map.entry("admissionregistration.k8s.io", 16700),
          Map.entry("apiextensions.k8s.io", 16700),
          Map.entry("scheduling.k8s.io", 16600),
          Map.entry("coordination.k8s.io", 16500),
          Map.entry("node.k8s.io", 16300),
          Map.entry("discovery.k8s.io", 16200),
          Map.entry("resource.k8s.io", 16200),
          Map.entry("flowcontrol.apiserver.k8s.io", 16100));

  /** Versions whose place is not that of most. */
  private static final Map<String, Integer> VERSIONS =
      Map.of(
          "/v1", 1,
          "apps/v1beta1", 9,
          "apps/v1alpha1", 1,
          "autoscaling/v2", 30,
          "extensions/v1beta1", 1,
          "flowcontrol.apiserver.k8s.io/v1", 21,
          "policy/v1beta1", 9,
          "resource.k8s.io/v1", 21);

  private static final int MOST = 15;

  private final Source source;
  private final Registry builtin;
  private final ResourceCache<APIService> services;
  private final ResourceCache<CustomResourceDefinition> definitions;
  private final Semaphore changed = new Semaphore(1);
  private final List<Lifecycle> subscriptions;
  private final Loops.Loop loop;
  private boolean begun;

  /** Where a version stands among others. */
  private record Priority(int group, int version) {}

  private ApiServiceRegistration(WatchCache cache, Registry builtin, Source source, Loops loops) {
    this.source = source;
    this.builtin = builtin;
    services = cache.of(ApiregistrationV1.APISERVICES);
    definitions = cache.of(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS);
    subscriptions =
        List.of(services.onChange(changed::release), definitions.onChange(changed::release));
    loop = loops.start("api-services", this::run);
  }

  /**
   * @param source as the server itself, which may do everything
   */
  static ApiServiceRegistration open(
      WatchCache cache, Registry builtin, Source source, Loops loops) {
    return new ApiServiceRegistration(cache, builtin, source, loops);
  }

  private void run() throws InterruptedException {
    while (true) {
      changed.drainPermits();
      pass();
      changed.acquire();
    }
  }

  private void pass() {
    Map<String, APIService> present = new TreeMap<>();
    for (Cached<APIService> each : services.current().in("")) {
      present.put(each.record().name(), each.record());
    }
    Map<String, APIService> wished = defined();
    if (!begun) {
      wished.putAll(builtin());
    }
    for (APIService service : wished.values()) {
      APIService found = present.get(service.name());
      if (found == null) {
        attempt(() -> source.create(ApiregistrationV1.APISERVICES, service));
      } else if (isManaged(found) && !found.spec().equals(service.spec())) {
        attempt(() -> source.update(ApiregistrationV1.APISERVICES, found.withSpec(service.spec())));
      }
    }
    for (APIService service : present.values()) {
      if (isManaged(service) && !wished.containsKey(service.name())) {
        attempt(
            () ->
                source.delete(
                    ApiregistrationV1.APISERVICES, "", service.name(), DeleteOptions.EMPTY));
      }
    }
    begun = true;
  }

  /** Those of before this start are looked at when it begins, and never again. */
  private boolean isManaged(APIService service) {
    String managed = service.metadata().labels().getOrDefault(MANAGED, "");
    return managed.equals(ALWAYS) || (managed.equals(ON_START) && !begun);
  }

  private Map<String, APIService> builtin() {
    Map<String, APIService> wished = new TreeMap<>();
    builtin
        .groups()
        .forEach(
            (group, versions) ->
                versions
                    .keySet()
                    .forEach(
                        version -> {
                          Integer place = GROUPS.get(group);
                          if (place != null) {
                            int own = VERSIONS.getOrDefault(group + "/" + version, MOST);
                            APIService service =
                                service(group, version, ON_START, new Priority(place, own));
                            wished.put(service.name(), service);
                          }
                        }));
    return wished;
  }

  private Map<String, APIService> defined() {
    Map<String, APIService> wished = new TreeMap<>();
    for (Cached<CustomResourceDefinition> each : definitions.current().in("")) {
      String group = each.record().spec().group();
      for (CustomResourceDefinitionVersion version : each.record().spec().versions()) {
        if (version.served() && !GROUPS.containsKey(group)) {
          APIService service = service(group, version.name(), ALWAYS, DEFINED);
          wished.put(service.name(), service);
        }
      }
    }
    return wished;
  }

  private static APIService service(
      String group, String version, String managed, Priority priority) {
    return APIService.builder()
        .metadata(
            ObjectMeta.builder()
                .name(version + "." + group)
                .labels(Map.of(MANAGED, managed))
                .build())
        .spec(
            APIServiceSpec.builder()
                .group(group)
                .version(version)
                .groupPriorityMinimum(priority.group())
                .versionPriority(priority.version())
                .build())
        .build();
  }

  /** What another server has done meanwhile comes through the cache, and with it the next pass. */
  private static void attempt(Runnable write) {
    try {
      write.run();
    } catch (ApiFailure failure) {
      if (!failure.isAlreadyExists() && !failure.isNotFound() && !failure.isConflict()) {
        throw failure;
      }
      LOG.log(Level.DEBUG, "an APIService: {0}", failure.getMessage());
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(Lifecycle::close);
    loop.close();
  }
}
