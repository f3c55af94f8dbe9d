package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.client.node.NodeApi;
import io.tiphys.node.agent.logs.ContainerLog;
import io.tiphys.node.agent.logs.LogChoice;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.StreamingSession;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What the API server asks about this node's pods; upstream's kubelet API. */
final class NodeServer implements NodeApi {
  private final Node node;

  NodeServer(Node node) {
    this.node = node;
  }

  @Override
  public InputStream logs(ContainerName name, LogOptions options) {
    Pod pod = pod(name.namespace(), name.pod());
    String container = containerName(pod, name);
    String chosen = LogChoice.of(pod, container, options.previous());
    String id = chosen.substring(chosen.indexOf("://") + "://".length());
    try {
      Path log = Path.of(node.runtime().containerStatus(id).logPath());
      return ContainerLog.open(log, options, () -> isRunning(id), node.disk(), node.clock());
    } catch (CriException | UncheckedIOException e) {
      // Removed between the choice and the look: upstream says it in these words, as text.
      throw ApiFailure.internalError("unable to retrieve container logs for " + chosen);
    }
  }

  private boolean isRunning(String id) {
    try {
      return Containers.isRunning(node.runtime().containerStatus(id));
    } catch (CriException e) {
      return false;
    }
  }

  @Override
  public Session exec(ContainerName name, List<String> command, StdioOptions stdio) {
    return session(() -> node.runtime().exec(runningId(name), command, options(stdio)));
  }

  @Override
  public Session attach(ContainerName name, StdioOptions stdio) {
    return session(() -> node.runtime().attach(runningId(name), options(stdio)));
  }

  private static Session session(Supplier<StreamingSession> open) {
    try {
      return new RunningSession(open.get());
    } catch (CriException e) {
      throw ApiFailure.internalError(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Connection portForward(String namespace, String name, int port) {
    Pod pod = pod(namespace, name);
    PodSandboxStatus sandbox = PodView.of(node.runtime(), pod.metadata().uid()).sandbox();
    if (sandbox == null) {
      throw ApiFailure.badRequest("pod not found (\"%s_%s\")".formatted(name, namespace));
    }
    try {
      return new PortStream(node.runtime().portForward(sandbox.id(), port));
    } catch (CriException e) {
      throw ApiFailure.internalError(String.valueOf(e.getMessage()));
    }
  }

  private Pod pod(String namespace, String name) {
    Pod pod = node.pods().get(namespace, name);
    if (pod == null) {
      throw ApiFailure.notFound(CoreV1.PODS, name);
    }
    return pod;
  }

  private String runningId(ContainerName name) {
    Pod pod = pod(name.namespace(), name.pod());
    String container = containerName(pod, name);
    ContainerStatus status = PodView.of(node.runtime(), pod.metadata().uid()).newest(container);
    if (!Containers.isRunning(status) || status == null) {
      throw ApiFailure.internalError("container not found (\"%s\")".formatted(container));
    }
    return status.id();
  }

  private static String containerName(Pod pod, ContainerName name) {
    return name.container().isEmpty()
        ? pod.spec().containers().getFirst().name()
        : name.container();
  }

  private static io.tiphys.node.cri.StdioOptions options(StdioOptions stdio) {
    return new io.tiphys.node.cri.StdioOptions(
        stdio.stdin(), stdio.stdout(), stdio.stderr(), stdio.tty());
  }

  /** A session in the API's terms. */
  private record RunningSession(StreamingSession session) implements Session {
    @Override
    public OutputStream stdin() {
      return session.stdin();
    }

    @Override
    public InputStream stdout() {
      return session.stdout();
    }

    @Override
    public InputStream stderr() {
      return session.stderr();
    }

    @Override
    public void resize(int columns, int rows) {
      session.resize(columns, rows);
    }

    @Override
    public int waitFor() throws InterruptedException {
      return session.waitFor();
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private record PortStream(PortConnection connection) implements Connection {
    @Override
    public InputStream input() {
      return connection.input();
    }

    @Override
    public OutputStream output() {
      return connection.output();
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
