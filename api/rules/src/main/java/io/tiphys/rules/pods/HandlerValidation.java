package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.ExecAction;
import io.tiphys.api.core.v1.GRPCAction;
import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import io.tiphys.api.core.v1.Lifecycle;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.SleepAction;
import io.tiphys.api.core.v1.TCPSocketAction;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with probes and hooks; checked against validateProbe and validateHandler. */
final class HandlerValidation {
  private static final List<String> SCHEMES = List.of("HTTP", "HTTPS");

  private final Checks checks;

  /** The grace period of the pod, within which a hook may sleep; null when it has none. */
  private final @Nullable Long graceSeconds;

  private int handlers;

  HandlerValidation(Checks checks, @Nullable Long graceSeconds) {
    this.checks = checks;
    this.graceSeconds = graceSeconds;
  }

  /** What a probe or a hook does, whichever it is. */
  private record Handler(
      @Nullable ExecAction exec,
      @Nullable HTTPGetAction httpGet,
      @Nullable TCPSocketAction tcpSocket,
      @Nullable GRPCAction grpc,
      @Nullable SleepAction sleep) {}

  void liveness(@Nullable Probe probe, FieldPath path) {
    if (probe != null) {
      probe(probe, path);
      if (probe.successThreshold() != 1) {
        checks.invalid(path.child("successThreshold"), probe.successThreshold(), "must be 1");
      }
    }
  }

  void readiness(@Nullable Probe probe, FieldPath path) {
    if (probe != null) {
      probe(probe, path);
      if (probe.terminationGracePeriodSeconds() != null) {
        checks.invalid(
            path.child("terminationGracePeriodSeconds"),
            probe.terminationGracePeriodSeconds(),
            "must not be set for readinessProbes");
      }
    }
  }

  void lifecycle(@Nullable Lifecycle lifecycle, FieldPath path) {
    if (lifecycle != null) {
      hook(lifecycle.postStart(), path.child("postStart"));
      hook(lifecycle.preStop(), path.child("preStop"));
    }
  }

  private void hook(@Nullable LifecycleHandler hook, FieldPath path) {
    if (hook != null) {
      handler(new Handler(hook.exec(), hook.httpGet(), hook.tcpSocket(), null, hook.sleep()), path);
    }
  }

  private void probe(Probe probe, FieldPath path) {
    handler(
        new Handler(probe.exec(), probe.httpGet(), probe.tcpSocket(), probe.grpc(), null), path);
    checks.notNegative(path.child("initialDelaySeconds"), probe.initialDelaySeconds());
    checks.notNegative(path.child("timeoutSeconds"), probe.timeoutSeconds());
    checks.notNegative(path.child("periodSeconds"), probe.periodSeconds());
    checks.notNegative(path.child("successThreshold"), probe.successThreshold());
    checks.notNegative(path.child("failureThreshold"), probe.failureThreshold());
    Long grace = probe.terminationGracePeriodSeconds();
    if (grace != null && grace <= 0) {
      checks.invalid(path.child("terminationGracePeriodSeconds"), grace, "must be greater than 0");
    }
  }

  private void handler(Handler handler, FieldPath path) {
    handlers = 0;
    if (handler.exec != null && alone(path.child("exec")) && handler.exec.command().isEmpty()) {
      checks.required(path.child("exec", "command"));
    }
    if (handler.httpGet != null && alone(path.child("httpGet"))) {
      httpGet(handler.httpGet, path.child("httpGet"));
    }
    if (handler.tcpSocket != null && alone(path.child("tcpSocket"))) {
      checks.port(path.child("tcpSocket", "port"), handler.tcpSocket.port());
    }
    if (handler.grpc != null && alone(path.child("grpc"))) {
      checks.portNumber(path.child("grpc", "port"), handler.grpc.port());
    }
    if (handler.sleep != null && alone(path.child("sleep"))) {
      sleep(handler.sleep.seconds(), path.child("sleep"));
    }
    if (handlers == 0) {
      checks.required(path, "must specify a handler type");
    }
  }

  /** Counts one more, and refuses all but the first. */
  private boolean alone(FieldPath path) {
    if (++handlers > 1) {
      checks.forbidden(path, "may not specify more than 1 handler type");
    }
    return handlers == 1;
  }

  private void httpGet(HTTPGetAction get, FieldPath path) {
    if (get.path().isEmpty()) {
      checks.required(path.child("path"));
    }
    checks.port(path.child("port"), get.port());
    checks.supported(path.child("scheme"), get.scheme(), SCHEMES);
    for (HTTPHeader header : get.httpHeaders()) {
      checks.each(path.child("httpHeaders"), header.name(), Names.httpHeaderName(header.name()));
    }
  }

  private void sleep(long seconds, FieldPath path) {
    if (graceSeconds != null && (seconds < 0 || seconds > graceSeconds)) {
      checks.invalid(
          path,
          seconds,
          "must be non-negative and less than terminationGracePeriodSeconds (%d)"
              .formatted(graceSeconds));
    }
  }
}
