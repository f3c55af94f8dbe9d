package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.Lifecycle;
import io.tiphys.api.core.v1.LifecycleHandler;
import io.tiphys.api.core.v1.Probe;
import org.jspecify.annotations.Nullable;

/** Defaults of probes and lifecycle hooks. */
final class ProbeDefaults {
  private ProbeDefaults() {}

  static @Nullable Probe of(@Nullable Probe probe) {
    return probe == null
        ? null
        : probe.toBuilder()
            .httpGet(of(probe.httpGet()))
            .grpc(
                probe.grpc() != null && probe.grpc().service() == null
                    ? probe.grpc().withService("")
                    : probe.grpc())
            .timeoutSeconds(positive(probe.timeoutSeconds(), 1))
            .periodSeconds(positive(probe.periodSeconds(), 10))
            .successThreshold(positive(probe.successThreshold(), 1))
            .failureThreshold(positive(probe.failureThreshold(), 3))
            .build();
  }

  static @Nullable Lifecycle of(@Nullable Lifecycle lifecycle) {
    return lifecycle == null
        ? null
        : lifecycle.toBuilder()
            .postStart(of(lifecycle.postStart()))
            .preStop(of(lifecycle.preStop()))
            .build();
  }

  private static @Nullable LifecycleHandler of(@Nullable LifecycleHandler handler) {
    return handler == null ? null : handler.withHttpGet(of(handler.httpGet()));
  }

  private static @Nullable HTTPGetAction of(@Nullable HTTPGetAction get) {
    return get == null
        ? null
        : get.toBuilder()
            .path(PodDefaults.or(get.path(), "/"))
            .scheme(PodDefaults.or(get.scheme(), "HTTP"))
            .build();
  }

  private static int positive(int given, int otherwise) {
    return given == 0 ? otherwise : given;
  }
}
