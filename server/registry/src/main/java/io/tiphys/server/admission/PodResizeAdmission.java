package io.tiphys.server.admission;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.pods.ContainerResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A pod that runs gets no more than its node has. Checked against
 * plugin/pkg/admission/podresize/admission.go.
 */
final class PodResizeAdmission implements AdmissionPlugin {
  private static final String OS = "kubernetes.io/os";

  private final Directory directory;

  PodResizeAdmission(Directory directory) {
    this.directory = directory;
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean resizes =
        request.operation() == Operation.UPDATE
            && request.resource().equals(CoreV1.PODS)
            && request.subresource().equals("resize");
    if (!resizes
        || !(request.object() instanceof Pod pod)
        || !(request.old() instanceof Pod old)
        || pod.spec().nodeName().isEmpty()
        || pod.metadata().generation() == old.metadata().generation()) {
      return;
    }
    String name = pod.spec().nodeName();
    Node node = directory.get(CoreV1.NODES, "", name);
    if (node == null) {
      throw Denials.forbidden(request, "node " + GoText.quote(name) + " not found");
    }
    String os = node.metadata().labels().getOrDefault(OS, "linux");
    if (!os.equals("linux")) {
      throw refused(
          request,
          "pod resize is only supported on linux nodes, node %s is %s"
              .formatted(GoText.quote(name), GoText.quote(os)),
          "UnsupportedPlatform");
    }
    String lacking = lacking(ContainerResources.ofPod(pod.spec()), node.status().allocatable());
    if (!lacking.isEmpty()) {
      throw refused(
          request, "node didn't have enough allocatable resources: " + lacking, "NodeCapacity");
    }
  }

  private static String lacking(Map<String, Quantity> asked, Map<String, Quantity> allocatable) {
    List<String> lacking = new ArrayList<>();
    for (String name : List.of("cpu", "memory")) {
      Quantity wanted = asked.getOrDefault(name, Quantity.ZERO);
      Quantity there = allocatable.getOrDefault(name, Quantity.ZERO);
      if (wanted.compareTo(there) > 0) {
        lacking.add(
            "%s, requested: %d, allocatable: %d"
                .formatted(name, number(name, wanted), number(name, there)));
      }
    }
    return String.join("; ", lacking);
  }

  private static long number(String name, Quantity amount) {
    return name.equals("cpu") ? amount.milliValue() : amount.value();
  }

  private static ApiFailure refused(AdmissionRequest request, String why, String reason) {
    Status status = Denials.forbidden(request, why).status();
    StatusDetails details = status.details() == null ? StatusDetails.EMPTY : status.details();
    StatusCause cause = StatusCause.builder().reason(reason).build();
    return new ApiFailure(status.withDetails(details.withCauses(List.of(cause))));
  }
}
