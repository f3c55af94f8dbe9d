package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Clock;
import io.tiphys.client.node.NodeApi;
import io.tiphys.client.node.NodeApi.ContainerName;
import io.tiphys.client.node.NodeApi.StdioOptions;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.authorization.Forbidden;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.streams.CommandSession.Purpose;
import java.util.List;
import java.util.Set;

/** Answers {@code pods/log}, {@code exec}, {@code attach} and {@code portforward}. */
public final class PodStreams implements Handler {
  private static final Set<String> SUBRESOURCES = Set.of("log", "exec", "attach", "portforward");

  private final PodDirectory pods;
  private final NodeDirectory nodes;
  private final Authorizer authorizer;
  private final ConnectAdmission admission;
  private final Clock clock;
  private final Sessions sessions;

  public PodStreams(
      PodDirectory pods,
      NodeDirectory nodes,
      Authorizer authorizer,
      ConnectAdmission admission,
      Clock clock) {
    this(
        pods,
        nodes,
        authorizer,
        admission,
        clock,
        new Sessions(Sessions.MAX_SESSIONS, Sessions.MAX_PROCESSES));
  }

  PodStreams(
      PodDirectory pods,
      NodeDirectory nodes,
      Authorizer authorizer,
      ConnectAdmission admission,
      Clock clock,
      Sessions sessions) {
    this.pods = pods;
    this.nodes = nodes;
    this.authorizer = authorizer;
    this.admission = admission;
    this.clock = clock;
    this.sessions = sessions;
  }

  /** Whether this handler is the one to answer. */
  public static boolean fits(Request request) {
    RequestInfo info = request.info();
    return info.resourceRequest()
        && info.apiGroup().isEmpty()
        && info.resource().equals("pods")
        && SUBRESOURCES.contains(info.subresource())
        && !info.further();
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    String method = request.method();
    String subresource = request.info().subresource();
    if (!method.equals("GET") && (subresource.equals("log") || !method.equals("POST"))) {
      throw ApiFailure.methodNotSupported("pods", request.info().verb());
    }
    if (!subresource.equals("log")) {
      admit(request);
    }
    Pod pod = pods.pod(request.info().namespace(), request.info().name());
    return switch (subresource) {
      case "log" -> LogStream.answer(request, pod, nodes, clock);
      case "exec" -> sessions.answer(() -> exec(request, pod));
      case "attach" -> sessions.answer(() -> attach(request, pod));
      default -> sessions.answer(() -> portForward(request, pod));
    };
  }

  /** As ConnectResource of endpoints/handlers/rest.go and what is connected to begin. */
  private void admit(Request request) throws InterruptedException {
    if (request.query().containsKey("dryRun")) {
      throw ApiFailure.badRequest("dryRun is not supported");
    }
    admission.admit(request, ConnectOptions.of(request.info().subresource(), request));
    requireCreate(request);
  }

  private Response exec(Request request, Pod pod) {
    StdioOptions stdio = stdio(request);
    List<String> command = request.query().getOrDefault("command", List.of());
    if (command.isEmpty()) {
      throw ApiFailure.badRequest("you must specify at least one command for the container");
    }
    ContainerName container = container(request, pod);
    NodeApi node = node(pod);
    return CommandUpgrade.answer(
        request,
        stdio,
        () ->
            sessions.process(
                ended ->
                    new CommandSession(node.exec(container, command, stdio), Purpose.EXEC, ended)),
        clock);
  }

  private Response attach(Request request, Pod pod) {
    StdioOptions stdio = stdio(request);
    ContainerName container = container(request, pod);
    NodeApi node = node(pod);
    return CommandUpgrade.answer(
        request,
        stdio,
        () -> new CommandSession(node.attach(container, stdio), Purpose.ATTACH, () -> {}),
        clock);
  }

  private Response portForward(Request request, Pod pod) {
    PortForwarder forwarder = new PortForwarder(node(pod), pod.namespace(), pod.name(), clock);
    return PortForwardUpgrade.answer(request, forwarder, clock);
  }

  /**
   * A WebSocket begins as a GET; whoever may only get must still not run commands. Upstream checks
   * the same since 1.35 (AuthorizePodWebsocketUpgradeCreatePermission).
   */
  private void requireCreate(Request request) {
    RequestInfo info = request.info();
    if (info.verb().equals("create")) {
      return;
    }
    Authorizer.Attributes attributes = Authorizer.Attributes.of(request).withVerb("create");
    if (!authorizer.authorize(attributes).allowed()) {
      throw Forbidden.failure(attributes, "");
    }
  }

  private static ContainerName container(Request request, Pod pod) {
    String asked = request.parameter("container");
    return new ContainerName(
        pod.namespace(), pod.name(), PodContainers.choose(pod, asked == null ? "" : asked));
  }

  private NodeApi node(Pod pod) {
    if (pod.spec().nodeName().isEmpty()) {
      throw ApiFailure.badRequest("pod " + pod.name() + " does not have a host assigned");
    }
    return nodes.node(pod.spec().nodeName());
  }

  private static StdioOptions stdio(Request request) {
    boolean tty = Parameters.flag(request, "tty");
    boolean stdin = Parameters.flag(request, "stdin");
    boolean stdout = Parameters.flag(request, "stdout");
    // A terminal has one output; upstream bypasses stderr silently too.
    boolean stderr = Parameters.flag(request, "stderr") && !tty;
    if (!stdin && !stdout && !stderr) {
      throw ApiFailure.badRequest("you must specify at least 1 of stdin, stdout, stderr");
    }
    return new StdioOptions(stdin, stdout, stderr, tty);
  }
}
