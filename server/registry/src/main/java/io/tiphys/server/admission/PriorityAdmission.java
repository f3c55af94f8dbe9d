package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.scheduling.v1.PriorityClass;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Turns the name of a priority class into a number. Checked against
 * plugin/pkg/admission/priority/admission.go.
 */
final class PriorityAdmission implements AdmissionPlugin {
  private static final int DEFAULT_PRIORITY = 0;
  private static final String DEFAULT_POLICY = "PreemptLowerPriority";

  private final Directory directory;

  PriorityAdmission(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (!request.isOn(CoreV1.PODS) || !(request.object() instanceof Pod pod)) {
      return request.object();
    }
    return switch (request.operation()) {
      case CREATE -> pod.withSpec(prioritized(request, pod.spec()));
      case UPDATE ->
          request.old() instanceof Pod old ? pod.withSpec(kept(pod.spec(), old.spec())) : pod;
      case DELETE, CONNECT -> pod;
    };
  }

  private PodSpec prioritized(AdmissionRequest request, PodSpec spec) {
    String name = spec.priorityClassName();
    PriorityClass found = name.isEmpty() ? defaultClass() : named(request, name);
    int priority = found == null ? DEFAULT_PRIORITY : found.value();
    if (spec.priority() != null && spec.priority() != priority) {
      throw Denials.forbidden(
          request,
          "the integer value of priority ("
              + spec.priority()
              + ") must not be provided in pod spec; priority admission controller computed "
              + priority
              + " from the given PriorityClass name");
    }
    String policy = DEFAULT_POLICY;
    if (found != null && found.preemptionPolicy() != null) {
      policy = found.preemptionPolicy();
    }
    if (spec.preemptionPolicy() != null && !spec.preemptionPolicy().equals(policy)) {
      throw Denials.forbidden(
          request,
          "the string value of PreemptionPolicy ("
              + spec.preemptionPolicy()
              + ") must not be provided in pod spec; priority admission controller computed "
              + policy
              + " from the given PriorityClass name");
    }
    return spec.toBuilder()
        .priorityClassName(found == null ? "" : found.name())
        .priority(priority)
        .preemptionPolicy(policy)
        .build();
  }

  private PriorityClass named(AdmissionRequest request, String name) {
    PriorityClass found = directory.get(SchedulingV1.PRIORITYCLASSES, "", name);
    if (found == null) {
      throw Denials.forbidden(request, "no PriorityClass with name " + name + " was found");
    }
    return found;
  }

  private @Nullable PriorityClass defaultClass() {
    return directory.list(SchedulingV1.PRIORITYCLASSES, "").stream()
        .filter(PriorityClass::globalDefault)
        .min(Comparator.comparingInt(PriorityClass::value))
        .orElse(null);
  }

  private static PodSpec kept(PodSpec spec, PodSpec old) {
    PodSpec result = spec;
    if (spec.priority() == null && old.priority() != null) {
      result = result.withPriority(old.priority());
    }
    if (spec.preemptionPolicy() == null && old.preemptionPolicy() != null) {
      result = result.withPreemptionPolicy(old.preemptionPolicy());
    }
    return result;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.writes()
        || !request.isOn(SchedulingV1.PRIORITYCLASSES)
        || !(request.object() instanceof PriorityClass written)
        || !written.globalDefault()) {
      return;
    }
    PriorityClass present = defaultClass();
    if (present == null) {
      return;
    }
    boolean second =
        request.operation() == Operation.CREATE || !present.name().equals(written.name());
    if (second) {
      throw Denials.forbidden(
          request,
          "PriorityClass "
              + present.name()
              + " is already marked as default. Only one default can exist");
    }
  }
}
