package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pod that gets a node gets the labels that tell where that node is. Checked against
 * plugin/pkg/admission/podtopologylabels/admission.go.
 */
final class PodTopologyLabels implements AdmissionPlugin {
  private static final List<String> LABELS =
      List.of("topology.kubernetes.io/region", "topology.kubernetes.io/zone");

  private final Directory directory;

  PodTopologyLabels(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    ApiObject object = request.object();
    if (object == null
        || request.operation() != Operation.CREATE
        || !request.resource().equals(CoreV1.PODS)) {
      return object;
    }
    return switch (request.subresource()) {
      case "" -> object instanceof Pod pod ? labelled(pod, pod.spec().nodeName()) : object;
      case "binding" ->
          object instanceof Binding binding && binding.target().kind().equals("Node")
              ? labelled(binding, binding.target().name())
              : object;
      default -> object;
    };
  }

  private ApiObject labelled(ApiObject object, String nodeName) {
    Node node = nodeName.isEmpty() ? null : directory.get(CoreV1.NODES, "", nodeName);
    if (node == null) {
      return object;
    }
    Map<String, String> labels = new TreeMap<>(object.metadata().labels());
    for (String label : LABELS) {
      String value = node.metadata().labels().get(label);
      if (value != null) {
        labels.put(label, value);
      }
    }
    return labels.equals(object.metadata().labels())
        ? object
        : object.withMetadata(object.metadata().withLabels(labels));
  }
}
