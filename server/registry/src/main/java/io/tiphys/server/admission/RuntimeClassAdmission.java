package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.NodeV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.node.v1.Overhead;
import io.tiphys.api.node.v1.RuntimeClass;
import io.tiphys.api.node.v1.Scheduling;
import io.tiphys.meta.GoText;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pod has the overhead of its runtime class and goes where that can run. Checked against
 * plugin/pkg/admission/runtimeclass/admission.go.
 */
final class RuntimeClassAdmission implements AdmissionPlugin {
  private static final String DIFFERENT =
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

  private final Directory directory;

  RuntimeClassAdmission(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    Pod pod = created(request);
    if (pod == null) {
      return request.object();
    }
    RuntimeClass runtimeClass = classOf(request, pod);
    return runtimeClass == null
        ? pod
        : pod.withSpec(
            scheduled(request, withOverhead(request, pod.spec(), runtimeClass), runtimeClass));
  }

  @Override
  public void validate(AdmissionRequest request) {
    Pod pod = created(request);
    if (pod == null) {
      return;
    }
    RuntimeClass runtimeClass = classOf(request, pod);
    Overhead overhead = runtimeClass == null ? null : runtimeClass.overhead();
    if (overhead != null) {
      if (!overhead.podFixed().equals(pod.spec().overhead())) {
        throw Denials.forbidden(request, DIFFERENT);
      }
    } else if (!pod.spec().overhead().isEmpty()) {
      throw Denials.forbidden(
          request,
          "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    }
  }

  private static @Nullable Pod created(AdmissionRequest request) {
    boolean creates = request.operation() == Operation.CREATE && request.isOn(CoreV1.PODS);
    return creates && request.object() instanceof Pod pod ? pod : null;
  }

  private @Nullable RuntimeClass classOf(AdmissionRequest request, Pod pod) {
    String name = pod.spec().runtimeClassName();
    if (name == null) {
      return null;
    }
    RuntimeClass found = directory.get(NodeV1.RUNTIMECLASSES, "", name);
    if (found == null) {
      throw Denials.forbidden(
          request, "pod rejected: RuntimeClass " + GoText.quote(name) + " not found");
    }
    return found;
  }

  private static PodSpec withOverhead(
      AdmissionRequest request, PodSpec spec, RuntimeClass runtimeClass) {
    Overhead overhead = runtimeClass.overhead();
    if (overhead == null) {
      return spec;
    }
    if (!spec.overhead().isEmpty() && !spec.overhead().equals(overhead.podFixed())) {
      throw Denials.forbidden(request, DIFFERENT);
    }
    return spec.withOverhead(overhead.podFixed());
  }

  private static PodSpec scheduled(
      AdmissionRequest request, PodSpec spec, RuntimeClass runtimeClass) {
    Scheduling scheduling = runtimeClass.scheduling();
    if (scheduling == null) {
      return spec;
    }
    Map<String, String> selector = new TreeMap<>(spec.nodeSelector());
    scheduling
        .nodeSelector()
        .forEach(
            (key, value) -> {
              String own = selector.put(key, value);
              if (own != null && !own.equals(value)) {
                throw Denials.forbidden(
                    request,
                    "conflict: runtimeClass.scheduling.nodeSelector[%s] = %s; pod.spec.nodeSelector[%s] = %s"
                        .formatted(key, value, key, own));
              }
            });
    return spec.withNodeSelector(selector)
        .withTolerations(Tolerations.merged(spec.tolerations(), scheduling.tolerations()));
  }
}
