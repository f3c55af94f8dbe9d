package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.http.User;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server of the moment is to be reached. Each request is carried out on a thread of
 * the server; when the server dies, everyone who waits for an answer learns that the connection is
 * gone, and not what became of the request.
 */
final class ApiEndpoint {
  private final Faults faults;
  private final Commits commits;
  private final Violations violations;
  private final Map<Long, CompletableFuture<?>> open = new LinkedHashMap<>();
  private long requests;
  private final Set<Following<?>> followed = new LinkedHashSet<>();
  private @Nullable ApiServer apiServer;
  private @Nullable SimulatedProcess server;

  ApiEndpoint(Faults faults, Commits commits, Violations violations) {
    this.faults = faults;
    this.commits = commits;
    this.violations = violations;
  }

  /** From now on this server answers. */
  void lead(ApiServer to, SimulatedProcess process) {
    apiServer = to;
    server = process;
  }

  boolean answers() {
    return apiServer != null;
  }

  /** The server is gone. */
  void cut() {
    apiServer = null;
    server = null;
    List<CompletableFuture<?>> waiting = new ArrayList<>(open.values());
    open.clear();
    waiting.forEach(f -> f.completeExceptionally(reset()));
    List<Following<?>> watches = new ArrayList<>(followed);
    followed.clear();
    watches.forEach(watch -> watch.remote.end());
  }

  /** A client is gone: so are its watches. */
  void cut(SimulatedProcess client) {
    List<Following<?>> watches = new ArrayList<>(followed);
    watches.removeIf(watch -> watch.remote.client() != client);
    watches.forEach(Following::close);
  }

  private static ApiFailure reset() {
    return ApiFailure.serviceUnavailable("connection reset by peer");
  }

  /** Carries a request out and blocks for its answer. */
  <R> R ask(User user, String manager, Function<Source, R> request) throws InterruptedException {
    SimulatedProcess on = server;
    ApiServer by = apiServer;
    if (on == null || by == null) {
      throw ApiFailure.serviceUnavailable("connection refused");
    }
    CompletableFuture<R> answer = new CompletableFuture<>();
    long number = requests++;
    open.put(number, answer);
    on.start(
        "request",
        () -> {
          try {
            answer.complete(request.apply(by.source(user, manager)));
          } catch (Throwable e) {
            answer.completeExceptionally(e);
          } finally {
            open.remove(number);
          }
        });
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ApiFailure failure
          ? failure
          : notOfTheContract(e.getCause() == null ? e : e.getCause());
    }
  }

  private RuntimeException notOfTheContract(Throwable cause) {
    violations.add("a source threw " + cause + ", which is no ApiFailure", cause);
    return ApiFailure.internalError(cause);
  }

  /** Sends what the server's watch says to {@code remote}, until one of them ends it. */
  <T extends ApiObject> void follow(
      Resource<T> resource, WatchOptions options, WatchStream<T> stream, RemoteWatch<T> remote) {
    SimulatedProcess on = server;
    Following<T> following = new Following<>(resource, options, stream, remote);
    if (on == null) {
      remote.end();
      return;
    }
    followed.add(following);
    remote.onClose(following::close);
    on.start("watch", () -> following.run(on));
  }

  /** What was acknowledged was written; returns at which revision. */
  long checkWritten(Resource<?> resource, ApiObject object) {
    long revision = revision(object.metadata().resourceVersion());
    if (commits.follows(resource) && !commits.has(resource, revision)) {
      violations.add(
          "%s %s/%s was acknowledged at %d and is not there"
              .formatted(resource, object.namespace(), object.name(), revision));
    }
    return revision;
  }

  /** Who asks for the newest list sees what was acknowledged before. */
  void checkSees(Resource<?> resource, String shown, long acknowledged) {
    if (revision(shown) < acknowledged) {
      violations.add(
          "a list of %s is of %s, after %d was acknowledged"
              .formatted(resource, shown, acknowledged));
    }
  }

  /** A watch between server and client. */
  private final class Following<T extends ApiObject> {
    private final Resource<T> resource;
    private final boolean whole;
    private final WatchStream<T> stream;
    private final RemoteWatch<T> remote;
    private long reached;

    Following(
        Resource<T> resource, WatchOptions options, WatchStream<T> stream, RemoteWatch<T> remote) {
      this.resource = resource;
      this.stream = stream;
      this.remote = remote;
      whole =
          options.fieldSelector().isEmpty()
              && options.labelSelector().isEmpty()
              && commits.follows(resource);
      reached = options.resourceVersion().isEmpty() ? 0 : revision(options.resourceVersion());
    }

    private void run(SimulatedProcess on) {
      try (stream) {
        for (WatchEvent<T> event = stream.next(); event != null; event = stream.next()) {
          check(event);
          Delays.upTo(on, faults.watchDelayMillis);
          if (!remote.offer(event) || Faults.strikes(faults.brokenWatches, on.random())) {
            return;
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        followed.remove(this);
        remote.end();
      }
    }

    /** Every event once and in order: what comes next is what was written next. */
    private void check(WatchEvent<T> event) {
      long now =
          switch (event) {
            case WatchEvent.Added<T>(var object) -> revision(object.metadata().resourceVersion());
            case WatchEvent.Modified<T>(var object) ->
                revision(object.metadata().resourceVersion());
            case WatchEvent.Deleted<T>(var object) -> revision(object.metadata().resourceVersion());
            case WatchEvent.Bookmark<T> _, WatchEvent.Failed<T> _ -> 0;
          };
      if (now == 0) {
        return;
      }
      if (reached > 0) {
        long next = whole ? commits.next(resource, reached) : now;
        if (now != next || now <= reached) {
          violations.add(
              "a watch of %s told %s after %d, when %d came next"
                  .formatted(resource, event, reached, next));
        }
      }
      reached = now;
    }

    private void close() {
      followed.remove(this);
      stream.close();
      remote.end();
    }
  }

  private static long revision(String version) {
    return Long.parseUnsignedLong(version);
  }
}
