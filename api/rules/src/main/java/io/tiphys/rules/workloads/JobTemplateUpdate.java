package io.tiphys.rules.workloads;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may change in the template of a job: while it is suspended and no pod of it runs, where its
 * pods are to run and what they ask for. Checked against validatePodTemplateUpdate in
 * pkg/apis/batch/validation and shouldAllowMutablePodTemplate in pkg/registry/batch/job.
 */
final class JobTemplateUpdate {
  private static final FieldPath TEMPLATE = FieldPath.of("spec", "template");
  private static final String IMMUTABLE = "field is immutable";

  private JobTemplateUpdate() {}

  static void check(Checks checks, Job job, Job old) {
    PodTemplateSpec template = job.spec().template();
    PodTemplateSpec before = old.spec().template();
    if (!isMutable(old)) {
      if (!template.equals(before)) {
        checks.invalid(
            TEMPLATE, GoStructs.show("core.PodTemplateSpec", template::write), IMMUTABLE);
      }
      return;
    }
    PodSpec spec = template.spec();
    if (!spec.equals(masked(before.spec(), spec))) {
      checks.invalid(
          TEMPLATE.child("spec"), GoStructs.show("core.PodSpec", spec::write), IMMUTABLE);
    }
  }

  private static boolean isMutable(Job old) {
    boolean stopped =
        old.status().conditions().stream()
            .anyMatch(c -> c.type().equals("Suspended") && c.status().equals("True"));
    return Boolean.TRUE.equals(old.spec().suspend())
        && (old.status().startTime() == null || stopped)
        && old.status().active() == 0;
  }

  /** The old spec, with what may change as it now is. */
  private static PodSpec masked(PodSpec before, PodSpec now) {
    return before.toBuilder()
        .affinity(masked(before.affinity(), now.affinity()))
        .nodeSelector(now.nodeSelector())
        .tolerations(now.tolerations())
        .schedulingGates(now.schedulingGates())
        .containers(masked(before.containers(), now.containers()))
        .initContainers(masked(before.initContainers(), now.initContainers()))
        .build();
  }

  private static @Nullable Affinity masked(@Nullable Affinity before, @Nullable Affinity now) {
    if (now != null) {
      return (before == null ? Affinity.EMPTY : before).withNodeAffinity(now.nodeAffinity());
    }
    Affinity rest = before == null ? Affinity.EMPTY : before.withNodeAffinity(null);
    return rest.equals(Affinity.EMPTY) ? null : rest;
  }

  private static List<Container> masked(List<Container> before, List<Container> now) {
    if (before.size() != now.size()) {
      return before;
    }
    List<Container> masked = new ArrayList<>(before.size());
    for (int i = 0; i < before.size(); i++) {
      Container container = before.get(i);
      masked.add(
          container.name().equals(now.get(i).name())
              ? container.withResources(now.get(i).resources())
              : container);
    }
    return masked;
  }
}
