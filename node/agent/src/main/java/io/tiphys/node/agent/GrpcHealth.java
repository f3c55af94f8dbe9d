package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One question of the protocol {@code grpc.health.v1.Health/Check}: whether a service serves.
 * Checked against pkg/probe/grpc.
 */
final class GrpcHealth {
  private static final int OK = 0;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int UNIMPLEMENTED = 12;
  private static final int SERVING = 1;
  private static final String[] CODES = {
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated"
  };

  private final Network network;
  private final Clock clock;
  private final String host;
  private final int port;

  GrpcHealth(Network network, Clock clock, String host, int port) {
    this.network = network;
    this.clock = clock;
    this.host = host;
    this.port = port;
  }

  /**
   * Asks about {@code service}; the whole server if it is empty.
   *
   * @return why it counts as unhealthy, in upstream's words; empty if it serves
   */
  Optional<String> check(String service, Duration timeout) {
    String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    String within = Backoffs.text(timeout);
    try (TimedSocket timed = new TimedSocket(network, clock, host, port, timeout)) {
      GrpcCall call = new GrpcCall(timed.socket());
      try {
        call.open();
      } catch (IOException e) {
        return Optional.of(unreachable(address, within));
      }
      try {
        return verdict(
            call.unary("/grpc.health.v1.Health/Check", address, question(service), timeout),
            within);
      } catch (IOException e) {
        return Optional.of(broken(timed.told(e), within));
      }
    } catch (IOException e) {
      return Optional.of(unreachable(address, within));
    }
  }

  /** Upstream's client tries again and again until its time is up. */
  private static String unreachable(String address, String within) {
    return "timeout: failed to connect service \"%s\" within %s: context deadline exceeded"
        .formatted(address, within);
  }

  private static String broken(IOException e, String within) {
    return e instanceof SocketTimeoutException
        ? late(within)
        : "error: health rpc probe failed: rpc error: code = Unavailable desc = " + e.getMessage();
  }

  private static String late(String within) {
    return "timeout: health rpc did not complete within " + within;
  }

  private static Optional<String> verdict(GrpcCall.Answer answer, String within) {
    return switch (answer.status()) {
      case OK -> health(answer.message());
      case UNIMPLEMENTED ->
          Optional.of(
              "error: this server does not implement the grpc health protocol"
                  + " (grpc.health.v1.Health): "
                  + answer.text());
      case DEADLINE_EXCEEDED -> Optional.of(late(within));
      default ->
          Optional.of(
              "error: health rpc probe failed: rpc error: code = %s desc = %s"
                  .formatted(name(answer.status()), answer.text()));
    };
  }

  private static String name(int code) {
    return code >= 0 && code < CODES.length ? CODES[code] : "Code(%d)".formatted(code);
  }

  private static Optional<String> health(byte[] message) {
    int status = status(message);
    String name =
        switch (status) {
          case 0 -> "UNKNOWN";
          case 2 -> "NOT_SERVING";
          case 3 -> "SERVICE_UNKNOWN";
          default -> String.valueOf(status);
        };
    return status == SERVING
        ? Optional.empty()
        : Optional.of("service unhealthy (responded with \"%s\")".formatted(name));
  }

  /** HealthCheckRequest: field 1 is the service. */
  private static byte[] question(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0) {
      return name;
    }
    // A service's name is at most 127 bytes long, or its length takes two bytes.
    int head = name.length < 0x80 ? 2 : 3;
    byte[] message = new byte[head + name.length];
    message[0] = 0x0a;
    message[1] = (byte) (head == 2 ? name.length : (name.length & 0x7f) | 0x80);
    if (head == 3) {
      message[2] = (byte) (name.length >> 7);
    }
    System.arraycopy(name, 0, message, head, name.length);
    return message;
  }

  /** HealthCheckResponse: field 1 is the status; 0 where it is absent. */
  private static int status(byte[] message) {
    return message.length >= 2 && message[0] == 0x08 ? message[1] : 0;
  }
}
