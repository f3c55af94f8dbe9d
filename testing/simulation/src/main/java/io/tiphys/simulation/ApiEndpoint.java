package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.http.User;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Where the API servers of the moment are to be reached: each request goes to any of them. */
final class ApiEndpoint {
  private final Faults faults;
  private final Commits commits;
  private final Violations violations;
  private final Map<String, ServerEndpoint> servers = new LinkedHashMap<>();

  ApiEndpoint(Faults faults, Commits commits, Violations violations) {
    this.faults = faults;
    this.commits = commits;
    this.violations = violations;
  }

  /** From now on this server answers too. */
  void lead(String name, ApiServer server, SimulatedProcess process) {
    lead(name, server::source, process);
  }

  /** From now on this answers too. */
  void lead(String name, BiFunction<User, String, Source> server, SimulatedProcess process) {
    servers.put(name, new ServerEndpoint(name, server, process, faults, commits, violations));
  }

  boolean answers() {
    return !servers.isEmpty();
  }

  /** A server is gone. */
  void cut(String name) {
    ServerEndpoint server = servers.remove(name);
    if (server != null) {
      server.cut();
    }
  }

  /** A client is gone: so are its watches. */
  void cut(SimulatedProcess client) {
    servers.values().forEach(server -> server.cut(client));
  }

  /** The server that the next request of a client goes to: any, for a balancer is between them. */
  ServerEndpoint choose(SimulatedProcess client) {
    if (servers.isEmpty()) {
      throw ApiFailure.serviceUnavailable("connection refused");
    }
    List<ServerEndpoint> all = List.copyOf(servers.values());
    return all.size() == 1 ? all.getFirst() : all.get(client.random().nextInt(all.size()));
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

  /** Who asks for the newest list sees all that any server has shown or acknowledged to him. */
  void checkSees(Resource<?> resource, String shown, long known) {
    if (revision(shown) < known) {
      violations.add("a list of %s is of %s, after %d was known".formatted(resource, shown, known));
    }
  }

  /** Who asks for an object gets none older than he has seen. */
  void checkNotOlder(Resource<?> resource, ApiObject object, long known) {
    long revision = revision(object.metadata().resourceVersion());
    if (revision < known) {
      violations.add(
          "%s %s/%s is of %d, after it was seen at %d"
              .formatted(resource, object.namespace(), object.name(), revision, known));
    }
  }

  static long revision(String version) {
    return version.isEmpty() ? 0 : Long.parseUnsignedLong(version);
  }
}
