package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.ApiObject;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.batch.v1.CronJob;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplate;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.ReplicationController;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where pods come from, and what makes another pod of one. */
final class PodTemplates {
  private PodTemplates() {}

  /** What pods will be like. */
  record Template(ObjectMeta metadata, PodSpec spec) {}

  /** The template in an object that makes pods; null if there is none. */
  static @Nullable Template of(ApiObject object) {
    return switch (object) {
      case PodTemplate template -> of(template.template());
      case ReplicationController controller -> of(controller.spec().template());
      case ReplicaSet set -> of(set.spec().template());
      case Deployment deployment -> of(deployment.spec().template());
      case DaemonSet set -> of(set.spec().template());
      case StatefulSet set -> of(set.spec().template());
      case Job job -> of(job.spec().template());
      case CronJob job -> of(job.spec().jobTemplate().spec().template());
      default -> null;
    };
  }

  private static @Nullable Template of(@Nullable PodTemplateSpec template) {
    return template == null ? null : new Template(template.metadata(), template.spec());
  }

  /** Upstream's isSignificantPodUpdate: of what may change in a pod, only images matter here. */
  static boolean differs(PodSpec spec, PodSpec old) {
    if (!images(spec.containers()).equals(images(old.containers()))
        || !images(spec.initContainers()).equals(images(old.initContainers()))) {
      return true;
    }
    Map<String, String> before =
        old.ephemeralContainers().stream()
            .collect(
                Collectors.toMap(
                    EphemeralContainer::name, EphemeralContainer::image, (first, _) -> first));
    return spec.ephemeralContainers().stream()
        .anyMatch(container -> !container.image().equals(before.get(container.name())));
  }

  private static List<String> images(List<Container> containers) {
    return containers.stream().map(Container::image).toList();
  }
}
