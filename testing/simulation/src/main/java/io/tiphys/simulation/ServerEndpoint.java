package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
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
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One API server while it lives. Each request is carried out on a thread of the server; when the
 * server dies, everyone who waits for an answer learns that the connection is gone, and not what
 * became of the request.
 */
final class ServerEndpoint {
  private final String name;
  private final BiFunction<User, String, Source> server;
  private final SimulatedProcess process;
  private final Faults faults;
  private final Commits commits;
  private final Violations violations;
  private final Map<Long, CompletableFuture<?>> open = new LinkedHashMap<>();
  private final Set<FollowedWatch<?>> followed = new LinkedHashSet<>();
  private long requests;
  private boolean gone;

  ServerEndpoint(
      String name,
      BiFunction<User, String, Source> server,
      SimulatedProcess process,
      Faults faults,
      Commits commits,
      Violations violations) {
    this.name = name;
    this.server = server;
    this.process = process;
    this.faults = faults;
    this.commits = commits;
    this.violations = violations;
  }

  /** Whether nothing that a client sends arrives here. */
  boolean isCutOff(SimulatedProcess client) {
    return faults.isCut(client.toString(), name);
  }

  /** The server is gone. */
  void cut() {
    gone = true;
    List<CompletableFuture<?>> waiting = new ArrayList<>(open.values());
    open.clear();
    waiting.forEach(answer -> answer.completeExceptionally(reset()));
    List<FollowedWatch<?>> watches = new ArrayList<>(followed);
    followed.clear();
    watches.forEach(FollowedWatch::lose);
  }

  /** A client is gone: so are its watches. */
  void cut(SimulatedProcess client) {
    List<FollowedWatch<?>> watches = new ArrayList<>(followed);
    watches.removeIf(watch -> watch.client() != client);
    watches.forEach(FollowedWatch::close);
  }

  private static ApiFailure reset() {
    return ApiFailure.serviceUnavailable("connection reset by peer");
  }

  /** Carries a request out and blocks for its answer. */
  <R> R ask(User user, String manager, Function<Source, R> request) throws InterruptedException {
    if (gone) {
      throw reset();
    }
    CompletableFuture<R> answer = new CompletableFuture<>();
    long number = requests++;
    open.put(number, answer);
    process.start(
        "request",
        () -> {
          try {
            answer.complete(request.apply(server.apply(user, manager)));
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
    FollowedWatch<T> watch =
        new FollowedWatch<>(
            new FollowedWatch.Followed<>(resource, options, stream, remote),
            commits,
            violations,
            followed::remove);
    followed.add(watch);
    remote.onClose(watch::close);
    process.start("watch", () -> watch.run(process, faults, name));
  }
}
