package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Fence;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.server.admission.AdmissionChain;
import io.tiphys.server.admission.AdmissionPlugin;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.admission.OperationOptions;
import io.tiphys.server.admission.quota.QuotaAdmission;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.Lists;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where the API's objects are read and written: cache, admission, rules and the verbs, over one
 * store. Its {@link #handler} answers requests, its {@link #source} the components of this process.
 */
public final class ResourceApi implements Lifecycle {
  private final WatchCache cache;
  private final LiveResources resources;
  private final Verbs verbs;
  private final ResourceHandler handler;
  private final VirtualResources virtual;

  private ResourceApi(
      WatchCache cache,
      LiveResources resources,
      Verbs verbs,
      ResourceHandler handler,
      VirtualResources virtual) {
    this.virtual = virtual;
    this.cache = cache;
    this.resources = resources;
    this.verbs = verbs;
    this.handler = handler;
  }

  /**
   * What it is made of.
   *
   * @param registry what clients may ask for at first; of resources that would lie under the same
   *     key, the first is served
   * @param random must be thread-safe
   */
  public record Plan(
      Registry registry,
      ServiceRanges ranges,
      TablePrinter tables,
      Clock clock,
      RandomGenerator random,
      Loops loops) {}

  /**
   * Who guards it.
   *
   * @param plugins asked after the standard ones
   * @param virtual the resources that are answered and never stored
   */
  public record Guards(
      List<AdmissionPlugin> plugins, Authorizer authorizer, List<VirtualResource<?>> virtual) {}

  /** Makes the guards, who look at the objects that are kept. */
  @FunctionalInterface
  public interface GuardPost {
    Guards open(Directory directory, WatchCache cache);
  }

  /** Reads the store and opens the API. */
  public static ResourceApi open(Store store, Plan plan, GuardPost post) {
    Registry registry = plan.registry();
    KeyMigration.run(store, registry);
    WatchCache cache =
        WatchCache.open(store, ResourceTable.storedResources(registry), plan.clock(), plan.loops());
    LiveResources resources = new LiveResources(registry, cache);
    Directory directory = new Present(resources);
    Guards guards = post.open(directory, cache);
    QuotaWrites quotas = new QuotaWrites();
    AdmissionChain admission =
        AdmissionChain.standard(directory, plan.clock(), plan.random())
            .with(guards.plugins())
            .with(List.of(new QuotaAdmission(directory, quotas, plan.clock())));
    ManagedFields managedFields = new ManagedFields(plan.clock());
    ServiceClaims claims =
        new ServiceClaims(
            () -> resources.current().of(NetworkingV1.IPADDRESSES),
            managedFields,
            plan.clock(),
            plan.random());
    VerbContext context =
        new VerbContext(
            cache,
            new ObjectStorage(store, cache, claims),
            admission,
            new Allocations(
                new ServiceAllocation(cache, plan.ranges(), plan.clock(), plan.random())),
            managedFields,
            plan.clock(),
            plan.random(),
            guards.authorizer());
    Verbs verbs = new Verbs(context, new Lists(cache, store));
    quotas.open(verbs, resources);
    List<Action<?>> actions = new ArrayList<>(new PodActions(verbs, resources.current()).actions());
    guards.virtual().forEach(question -> actions.add(Action.of(question)));
    VirtualResources virtual = new VirtualResources(context, actions);
    ResourceHandler handler = new ResourceHandler(resources, verbs, plan.tables(), virtual);
    return new ResourceApi(cache, resources, verbs, handler, virtual);
  }

  public ResourceHandler handler() {
    return handler;
  }

  public WatchCache cache() {
    return cache;
  }

  /** What is served now, and the way to serve something else. */
  public LiveResources resources() {
    return resources;
  }

  /** Looks objects up without asking who wants to know. */
  public Directory directory() {
    return new Present(resources);
  }

  /**
   * The API as a component of this process sees it.
   *
   * @param fieldManager the name under which it owns the fields it writes
   */
  public Source source(User user, String fieldManager) {
    return new InProcessSource(resources, verbs, virtual, user, fieldManager, null);
  }

  /** The same as a leader sees it, whose writes happen only while it leads. */
  public Source source(User user, String fieldManager, Fence fence) {
    return new InProcessSource(resources, verbs, virtual, user, fieldManager, fence);
  }

  /**
   * Asks admission about a connection that a request asks for.
   *
   * @param options what is asked of it, such as PodExecOptions
   */
  public void admitConnection(Request request, Json.Obj options) throws InterruptedException {
    RequestInfo info = request.info();
    Served<?, ?> served =
        resources.current().find(info.apiGroup(), info.apiVersion(), info.resource());
    if (served == null) {
      throw Failures.noSuchResource();
    }
    Subject subject =
        new Subject(served.resource(), info.subresource(), info.namespace(), info.name());
    Call call = Call.of(request, false, OperationOptions.NONE, "", FieldValidation.IGNORE);
    AdmissionRequest asked = AdmissionRequest.connect(subject, options, call.caller());
    AdmissionChain admission = verbs.context().admission();
    admission.admit(asked);
    admission.validate(asked);
  }

  /** Ends all watches and stops following the store. */
  @Override
  public void close() {
    cache.close();
  }

  /** The objects the cache has; of what is not served there are none. */
  private record Present(LiveResources resources) implements Directory {
    @Override
    public <T extends ApiObject> @Nullable T get(
        Resource<T> resource, String namespace, String name) {
      Served<T, ?> served = resources.current().find(resource);
      Cached<T> found = served == null ? null : served.find(namespace, name);
      return found == null ? null : found.record();
    }

    @Override
    public <T extends ApiObject> List<T> list(Resource<T> resource, String namespace) {
      Served<T, ?> served = resources.current().find(resource);
      return served == null ? List.of() : list(served, namespace);
    }

    private static <T extends ApiObject, S extends ApiObject> List<T> list(
        Served<T, S> served, String namespace) {
      ResourceCache<S> cache = served.cache();
      return cache.current().in(namespace).stream()
          .filter(served.form()::shows)
          .map(stored -> stored.as(served.form()).record())
          .toList();
    }
  }
}
