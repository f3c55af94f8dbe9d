package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Pod;
import java.util.ArrayList;
import java.util.List;

/** Which container of a pod a request means; see validateContainer in upstream's pod strategy. */
final class PodContainers {
  private PodContainers() {}

  /** The container's name: the one asked for, or the only one. */
  static String choose(Pod pod, String asked) {
    if (!asked.isEmpty()) {
      if (!names(pod).contains(asked)) {
        throw ApiFailure.badRequest("container " + asked + " is not valid for pod " + pod.name());
      }
      return asked;
    }
    return switch (pod.spec().containers().size()) {
      case 0 ->
          throw ApiFailure.badRequest("a container name must be specified for pod " + pod.name());
      case 1 -> pod.spec().containers().getFirst().name();
      default ->
          throw ApiFailure.badRequest(
              "a container name must be specified for pod %s, choose one of: [%s]"
                  .formatted(pod.name(), String.join(" ", names(pod))));
    };
  }

  private static List<String> names(Pod pod) {
    List<String> names = new ArrayList<>();
    pod.spec().initContainers().forEach(container -> names.add(container.name()));
    pod.spec().containers().forEach(container -> names.add(container.name()));
    pod.spec().ephemeralContainers().forEach(container -> names.add(container.name()));
    return names;
  }
}
