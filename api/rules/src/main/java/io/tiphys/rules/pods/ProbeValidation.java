package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a container's probes. */
final class ProbeValidation {
  private ProbeValidation() {}

  static List<FieldError> of(Container container, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    check(container.livenessProbe(), path.child("livenessProbe"), true, errors);
    check(container.readinessProbe(), path.child("readinessProbe"), false, errors);
    check(container.startupProbe(), path.child("startupProbe"), true, errors);
    return errors;
  }

  private static void check(
      @Nullable Probe probe, FieldPath path, boolean once, List<FieldError> errors) {
    if (probe == null) {
      return;
    }
    int handlers = 0;
    handlers += probe.exec() == null ? 0 : 1;
    handlers += probe.httpGet() == null ? 0 : 1;
    handlers += probe.tcpSocket() == null ? 0 : 1;
    handlers += probe.grpc() == null ? 0 : 1;
    if (handlers == 0) {
      errors.add(FieldError.required(path, "must specify a handler type"));
    } else if (handlers > 1) {
      errors.add(FieldError.forbidden(path, "may not specify more than 1 handler type"));
    }
    if (probe.exec() != null && probe.exec().command().isEmpty()) {
      errors.add(FieldError.required(path.child("exec", "command"), ""));
    }
    notNegative(path.child("initialDelaySeconds"), probe.initialDelaySeconds(), errors);
    notNegative(path.child("timeoutSeconds"), probe.timeoutSeconds(), errors);
    notNegative(path.child("periodSeconds"), probe.periodSeconds(), errors);
    notNegative(path.child("successThreshold"), probe.successThreshold(), errors);
    notNegative(path.child("failureThreshold"), probe.failureThreshold(), errors);
    if (once && probe.successThreshold() != 1) {
      errors.add(
          FieldError.invalid(
              path.child("successThreshold"), probe.successThreshold(), "must be 1"));
    }
  }

  private static void notNegative(FieldPath path, int value, List<FieldError> errors) {
    if (value < 0) {
      errors.add(FieldError.invalid(path, value, "must be greater than or equal to 0"));
    }
  }
}
