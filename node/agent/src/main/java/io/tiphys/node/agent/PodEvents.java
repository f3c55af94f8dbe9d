package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.client.EventRecorder;

/** Events about pods and their containers. */
record PodEvents(EventRecorder recorder) {
  void normal(Pod pod, Container container, String reason, String message) {
    recorder.normal(reference(pod, container), reason, message);
  }

  void warning(Pod pod, Container container, String reason, String message) {
    recorder.warning(reference(pod, container), reason, message);
  }

  void warning(Pod pod, String reason, String message) {
    recorder.warning(pod, reason, message);
  }

  void normal(Pod pod, String reason, String message) {
    recorder.normal(pod, reason, message);
  }

  private static ObjectReference reference(Pod pod, Container container) {
    String list =
        pod.spec().initContainers().stream().anyMatch(c -> c.name().equals(container.name()))
            ? "initContainers"
            : pod.spec().containers().stream().anyMatch(c -> c.name().equals(container.name()))
                ? "containers"
                : "ephemeralContainers";
    return EventRecorder.reference(pod)
        .withFieldPath("spec.%s{%s}".formatted(list, container.name()));
  }
}
