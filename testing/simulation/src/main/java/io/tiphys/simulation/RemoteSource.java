package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.ApiResource;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.server.http.User;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The API across a simulated network, which is slow and loses requests and answers. */
final class RemoteSource implements Source {
  /** How long a client waits for an answer that does not come. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ApiEndpoint endpoint;
  private final SimulatedProcess client;
  private final Faults faults;
  private final User user;
  private final String manager;

  /** The newest revision that any answer or watch has shown. */
  private long known;

  /** At which revision each object was seen last. */
  private final Map<String, Long> seen = new HashMap<>();

  RemoteSource(
      ApiEndpoint endpoint, SimulatedProcess client, Faults faults, User user, String manager) {
    this.endpoint = endpoint;
    this.client = client;
    this.faults = faults;
    this.user = user;
    this.manager = manager;
  }

  private <R> R ask(Function<Source, R> request) {
    return askOf((source, _) -> request.apply(source));
  }

  private <R> R askOf(BiFunction<Source, ServerEndpoint, R> request) {
    try {
      Delays.upTo(client, faults.latencyMillis);
      ServerEndpoint server = endpoint.choose(client);
      if (server.isCutOff(client) || Faults.strikes(faults.lostRequests, client.random())) {
        throw lost();
      }
      R answer = server.ask(user, manager, source -> request.apply(source, server));
      Delays.upTo(client, faults.latencyMillis);
      if (server.isCutOff(client) || Faults.strikes(faults.lostAnswers, client.random())) {
        throw lost();
      }
      return answer;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw ApiFailure.timeout("the caller was interrupted");
    }
  }

  private ApiFailure lost() throws InterruptedException {
    client.sleep(PATIENCE);
    return ApiFailure.timeout("no answer");
  }

  private <T extends ApiObject> T written(Resource<T> resource, T object) {
    long revision = endpoint.checkWritten(resource, object);
    known = Math.max(known, revision);
    saw(resource, object);
    return object;
  }

  private void saw(Resource<?> resource, ApiObject object) {
    long revision = ApiEndpoint.revision(object.metadata().resourceVersion());
    known = Math.max(known, revision);
    seen.merge(key(resource, object.namespace(), object.name()), revision, Math::max);
  }

  private <T extends ApiObject> void saw(Resource<T> resource, WatchEvent<T> event) {
    switch (event) {
      case WatchEvent.Added<T>(var object) -> saw(resource, object);
      case WatchEvent.Modified<T>(var object) -> saw(resource, object);
      case WatchEvent.Deleted<T> _, WatchEvent.Bookmark<T> _, WatchEvent.Failed<T> _ -> {}
    }
  }

  private static String key(Resource<?> resource, String namespace, String name) {
    return resource.qualifiedName() + " " + namespace + "/" + name;
  }

  @Override
  public List<ApiResource> resources() {
    return ask(Source::resources);
  }

  @Override
  public <T extends ApiObject> T get(Resource<T> resource, String namespace, String name) {
    long before = seen.getOrDefault(key(resource, namespace, name), 0L);
    T object = ask(source -> source.get(resource, namespace, name));
    endpoint.checkNotOlder(resource, object, before);
    saw(resource, object);
    return object;
  }

  @Override
  public <T extends ApiObject> ObjectList<T> list(
      Resource<T> resource, String namespace, ListOptions options) {
    long before = known;
    ObjectList<T> list = ask(source -> source.list(resource, namespace, options));
    boolean newest = options.resourceVersion().isEmpty() && options.continueToken().isEmpty();
    if (newest) {
      endpoint.checkSees(resource, list.resourceVersion(), before);
    }
    known = Math.max(known, ApiEndpoint.revision(list.resourceVersion()));
    list.items().forEach(object -> saw(resource, object));
    return list;
  }

  @Override
  public <T extends ApiObject> WatchStream<T> watch(
      Resource<T> resource, String namespace, WatchOptions options) {
    RemoteWatch<T> remote = new RemoteWatch<>(client, event -> saw(resource, event));
    try {
      return askOf(
          (source, server) -> {
            server.follow(resource, options, source.watch(resource, namespace, options), remote);
            return remote;
          });
    } catch (ApiFailure e) {
      remote.close();
      throw e;
    }
  }

  @Override
  public <T extends ApiObject> T create(Resource<T> resource, T object) {
    return written(resource, ask(source -> source.create(resource, object)));
  }

  @Override
  public <T extends ApiObject> T update(Resource<T> resource, T object) {
    return written(resource, ask(source -> source.update(resource, object)));
  }

  @Override
  public <T extends ApiObject> T updateStatus(Resource<T> resource, T object) {
    return written(resource, ask(source -> source.updateStatus(resource, object)));
  }

  @Override
  public <T extends ApiObject> T patch(
      Resource<T> resource, String namespace, String name, String subresource, Patch patch) {
    return written(
        resource, ask(source -> source.patch(resource, namespace, name, subresource, patch)));
  }

  @Override
  public void delete(Resource<?> resource, String namespace, String name, DeleteOptions options) {
    ask(
        source -> {
          source.delete(resource, namespace, name, options);
          return true;
        });
  }

  @Override
  public <R> R createSubresource(
      Resource<?> resource,
      String namespace,
      String name,
      String subresource,
      ApiObject body,
      ObjectType<R> answer) {
    return ask(
        source -> source.createSubresource(resource, namespace, name, subresource, body, answer));
  }
}
