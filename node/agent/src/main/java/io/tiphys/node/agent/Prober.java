package io.tiphys.node.agent;

import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.GRPCAction;
import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.TCPSocketAction;
import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import io.tiphys.meta.IntOrString;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.RuntimeService;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Carries a probe or a hook out once; checked against pkg/probe and pkg/kubelet/prober. */
final class Prober {
  /** As upstream: what a message shows of an answer. */
  private static final int SHOWN = 10 * 1024;

  private final RuntimeService runtime;
  private final Network network;
  private final Clock clock;

  Prober(RuntimeService runtime, Network network, Clock clock) {
    this.runtime = runtime;
    this.network = network;
    this.clock = clock;
  }

  /** What came of a probe. */
  sealed interface Outcome {
    record Good() implements Outcome {}

    /** It counts as good, but somebody should know. */
    record Doubtful(String text) implements Outcome {}

    /** The answer was no. */
    record Bad(String text) implements Outcome {}

    /** There was no way to ask. */
    record Broken(String text) implements Outcome {}

    /** What went wrong; empty if nothing did. */
    default Optional<String> problem() {
      return switch (this) {
        case Good _, Doubtful _ -> Optional.empty();
        case Bad(String text) -> Optional.of(text);
        case Broken(String text) -> Optional.of(text);
      };
    }

    /**
     * What the event says; empty for a success.
     *
     * @param kind such as {@code Readiness}
     */
    default Optional<String> event(String kind) {
      return switch (this) {
        case Good _ -> Optional.empty();
        case Doubtful(String text) -> Optional.of(kind + " probe warning: " + text);
        case Bad(String text) -> Optional.of(kind + " probe failed: " + text);
        case Broken(String text) ->
            Optional.of(kind + " probe errored and resulted in unknown state: " + text);
      };
    }
  }

  Outcome probe(Probing.Subject subject, Probe probe) {
    Duration timeout = Duration.ofSeconds(Math.max(1, probe.timeoutSeconds()));
    if (probe.exec() != null) {
      return exec(subject.status().id(), probe.exec().command(), timeout);
    }
    if (probe.httpGet() != null) {
      return http(subject, probe.httpGet(), timeout);
    }
    if (probe.tcpSocket() != null) {
      return tcp(subject, probe.tcpSocket(), timeout);
    }
    if (probe.grpc() != null) {
      return grpc(subject.podIp(), probe.grpc(), timeout);
    }
    return new Outcome.Good();
  }

  Outcome exec(String containerId, List<String> command, Duration timeout) {
    try {
      ExecSyncResponse answer = runtime.execSync(containerId, command, timeout);
      if (answer.exitCode() == 0) {
        return new Outcome.Good();
      }
      String said =
          new String(answer.stdout(), StandardCharsets.UTF_8)
              + new String(answer.stderr(), StandardCharsets.UTF_8);
      return new Outcome.Bad(said.substring(0, Math.min(SHOWN, said.length())));
    } catch (CriException e) {
      return e.code() == CriException.Code.DEADLINE_EXCEEDED
          ? new Outcome.Bad(
              "command timed out: \"%s\" timed out after %ds"
                  .formatted(String.join(" ", command), timeout.toSeconds()))
          : new Outcome.Broken(String.valueOf(e.getMessage()));
    }
  }

  Outcome http(Probing.Subject subject, HTTPGetAction get, Duration timeout) {
    Optional<Integer> port = port(subject, get.port());
    if (port.isEmpty()) {
      return new Outcome.Broken("couldn't find port: " + get.port());
    }
    String host = get.host().isEmpty() ? subject.podIp() : get.host();
    try {
      HttpAnswer answer = new HttpGet(network, clock, host, port.get(), get).answer(timeout);
      if (answer.code() < 200 || answer.code() >= 400) {
        return new Outcome.Bad("HTTP probe failed with statuscode: " + answer.code());
      }
      return answer.code() < 300
          ? new Outcome.Good()
          : new Outcome.Doubtful("Probe terminated redirects, Response body: " + answer.body());
    } catch (IOException e) {
      return new Outcome.Bad(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new Outcome.Broken(String.valueOf(e.getMessage())); // No host has such a name.
    }
  }

  /** For a hook any answer will do, as upstream. */
  Outcome call(Probing.Subject subject, HTTPGetAction get, Duration timeout) {
    Outcome outcome = http(subject, get, timeout);
    return outcome instanceof Outcome.Bad(String text) && text.contains("statuscode")
        ? new Outcome.Good()
        : outcome;
  }

  Outcome tcp(Probing.Subject subject, TCPSocketAction action, Duration timeout) {
    Optional<Integer> port = port(subject, action.port());
    String host = action.host().isEmpty() ? subject.podIp() : action.host();
    return port.isEmpty()
        ? new Outcome.Broken("couldn't find port: " + action.port())
        : connect(host, port.get(), timeout);
  }

  private Outcome grpc(String host, GRPCAction action, Duration timeout) {
    String service = action.service() == null ? "" : action.service();
    return new GrpcHealth(network, clock, host, action.port())
        .check(service, timeout)
        .<Outcome>map(Outcome.Bad::new)
        .orElseGet(Outcome.Good::new);
  }

  private Outcome connect(String host, int port, Duration timeout) {
    try (Socket _ = network.connect(host, port, timeout)) {
      return new Outcome.Good();
    } catch (IOException e) {
      return new Outcome.Bad("dial tcp %s:%d: %s".formatted(host, port, HttpGet.refusal(e)));
    }
  }

  private static Optional<Integer> port(Probing.Subject subject, IntOrString port) {
    return switch (port) {
      case IntOrString.Int(int number) -> Optional.of(number);
      case IntOrString.Text(String name) ->
          subject.container().ports().stream()
              .filter(candidate -> candidate.name().equals(name))
              .map(ContainerPort::containerPort)
              .findFirst();
    };
  }
}
