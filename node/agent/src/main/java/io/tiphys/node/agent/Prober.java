package io.tiphys.node.agent;

import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.TCPSocketAction;
import io.tiphys.meta.IntOrString;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.RuntimeService;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries a probe or a hook out once; checked against pkg/probe. */
final class Prober {
  /** As upstream: what a message shows of an answer. */
  private static final int SHOWN = 10 * 1024;

  private final RuntimeService runtime;

  Prober(RuntimeService runtime) {
    this.runtime = runtime;
  }

  /** What went wrong; empty if nothing did. */
  Optional<String> probe(Probing.Subject subject, Probe probe) {
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
      return connect(subject.podIp(), probe.grpc().port(), timeout);
    }
    return Optional.empty();
  }

  Optional<String> exec(String containerId, List<String> command, Duration timeout) {
    try {
      ExecSyncResponse answer = runtime.execSync(containerId, command, timeout);
      if (answer.exitCode() == 0) {
        return Optional.empty();
      }
      String said =
          new String(answer.stdout(), StandardCharsets.UTF_8)
              + new String(answer.stderr(), StandardCharsets.UTF_8);
      return Optional.of(said.substring(0, Math.min(SHOWN, said.length())));
    } catch (CriException e) {
      return Optional.of(
          e.code() == CriException.Code.DEADLINE_EXCEEDED
              ? "command timed out: \"%s\" timed out after %ds"
                  .formatted(String.join(" ", command), timeout.toSeconds())
              : String.valueOf(e.getMessage()));
    }
  }

  Optional<String> http(Probing.Subject subject, HTTPGetAction get, Duration timeout) {
    Optional<Integer> port = port(subject, get.port());
    if (port.isEmpty()) {
      return Optional.of("couldn't find port: " + get.port());
    }
    String host = get.host().isEmpty() ? subject.podIp() : get.host();
    String url = "http://%s:%d%s".formatted(host, port.get(), get.path());
    if (get.scheme().equals("HTTPS")) {
      return connect(host, port.get(), timeout);
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port.get()), (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      socket.getOutputStream().write(request(host, port.get(), get));
      return answer(socket.getInputStream());
    } catch (IOException e) {
      return Optional.of("Get \"%s\": %s".formatted(url, e.getMessage()));
    }
  }

  private static byte[] request(String host, int port, HTTPGetAction get) {
    StringBuilder text = new StringBuilder();
    text.append("GET ").append(get.path()).append(" HTTP/1.1\r\n");
    boolean named = false;
    for (HTTPHeader header : get.httpHeaders()) {
      text.append(header.name()).append(": ").append(header.value()).append("\r\n");
      named |= header.name().equalsIgnoreCase("host");
    }
    if (!named) {
      text.append("Host: ").append(host).append(':').append(port).append("\r\n");
    }
    text.append("User-Agent: kube-probe/1.36\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Optional<String> answer(InputStream in) throws IOException {
    byte[] head = in.readNBytes(12);
    String line = new String(head, StandardCharsets.ISO_8859_1);
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      return Optional.of("malformed HTTP response");
    }
    int code;
    try {
      code = Integer.parseInt(line.substring(9, 12));
    } catch (NumberFormatException e) {
      return Optional.of("malformed HTTP status code");
    }
    return code >= 200 && code < 400
        ? Optional.empty()
        : Optional.of("HTTP probe failed with statuscode: " + code);
  }

  Optional<String> tcp(Probing.Subject subject, TCPSocketAction action, Duration timeout) {
    Optional<Integer> port = port(subject, action.port());
    String host = action.host().isEmpty() ? subject.podIp() : action.host();
    return port.isEmpty()
        ? Optional.of("couldn't find port: " + action.port())
        : connect(host, port.get(), timeout);
  }

  private static Optional<String> connect(String host, int port, Duration timeout) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "dial tcp %s:%d: connect: %s".formatted(host, port, lower(e.getMessage())));
    }
  }

  private static String lower(@Nullable String message) {
    return message == null ? "failed" : message.toLowerCase(Locale.ROOT);
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
