package io.tiphys.rules.pods;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GracefulDeletion;
import io.tiphys.rules.PartRules;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.warnings.ClusterWarnings;
import io.tiphys.rules.warnings.PodWarnings;
import io.tiphys.rules.warnings.Warned;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules of pods; checked against pkg/registry/core/pod/strategy.go. */
public final class PodRules extends SpecRules<Pod, PodSpec, PodStatus> {
  public PodRules() {
    super(
        CoreV1.PODS,
        new Parts<>(
            Pod::spec,
            Pod::status,
            Pod::withSpec,
            Pod::withStatus,
            PodStatus.builder().phase("Pending").build()));
  }

  @Override
  public Pod defaults(Pod pod) {
    Pod filled = PodDefaults.of(pod);
    return filled.withStatus(withAddresses(filled.status()));
  }

  /**
   * The single address and the list agree; where both are given and differ, the single one is
   * believed. See Convert_v1_PodStatus_To_core_PodStatus in pkg/apis/core/v1/conversion.go.
   */
  private static PodStatus withAddresses(PodStatus status) {
    List<PodIP> list = status.podIPs();
    String single = status.podIP();
    if (single.isEmpty()) {
      return list.isEmpty() ? status : status.withPodIP(list.getFirst().ip());
    }
    boolean agree = !list.isEmpty() && list.getFirst().ip().equals(single);
    return agree ? status : status.withPodIPs(List.of(new PodIP(single)));
  }

  @Override
  public Pod prepareForCreate(Pod pod, WriteContext context) {
    Pod prepared = AppArmorFields.filled(LabelKeys.merged(super.prepareForCreate(pod, context)));
    PodStatus status = prepared.status().withQosClass(QosClass.of(pod.spec()));
    if (!pod.spec().schedulingGates().isEmpty()) {
      PodCondition gated =
          PodCondition.builder()
              .type("PodScheduled")
              .status("False")
              .reason("SchedulingGated")
              .message("Scheduling is blocked due to non-empty scheduling gates")
              .build();
      status = status.withConditions(List.of(gated));
    }
    return prepared.withStatus(status);
  }

  @Override
  protected PodSpec allowed(PodSpec spec, @Nullable PodSpec old) {
    return DisabledFields.dropped(spec, old);
  }

  @Override
  public List<String> warningsBeforeCreate(Pod pod) {
    return AppArmorFields.warnings(pod);
  }

  @Override
  public List<String> warningsOnCreate(Pod pod) {
    return PodWarnings.of(pod);
  }

  @Override
  public List<FieldError> validate(Pod pod) {
    return PodValidation.ofNew(pod, FieldPath.of("spec"));
  }

  @Override
  public List<FieldError> validateUpdate(Pod pod, Pod old) {
    return PodUpdateValidation.of(pod, old);
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return true;
  }

  @Override
  public Map<String, Function<Pod, String>> selectableFields() {
    Map<String, Function<Pod, String>> fields = new LinkedHashMap<>();
    fields.put("spec.nodeName", pod -> pod.spec().nodeName());
    fields.put("spec.restartPolicy", pod -> pod.spec().restartPolicy());
    fields.put("spec.schedulerName", pod -> pod.spec().schedulerName());
    fields.put("spec.serviceAccountName", pod -> pod.spec().serviceAccountName());
    fields.put("spec.hostNetwork", pod -> String.valueOf(pod.spec().hostNetwork()));
    fields.put("status.phase", pod -> pod.status().phase());
    fields.put(
        "status.podIP",
        pod -> pod.status().podIPs().isEmpty() ? "" : pod.status().podIPs().getFirst().ip());
    fields.put("status.nominatedNodeName", pod -> pod.status().nominatedNodeName());
    return fields;
  }

  @Override
  public Map<String, UpdateRules<Pod>> subresources() {
    Map<String, UpdateRules<Pod>> parts = new LinkedHashMap<>();
    parts.put("status", new Warned<>(statusRules(), ClusterWarnings::ofStatus));
    parts.put(
        "ephemeralcontainers",
        new PartRules<>(
            PodRules::prepareEphemeralContainers,
            PodUpdateValidation::ofEphemeralContainers,
            FieldFilter.including(List.of(List.of("spec", "ephemeralContainers")))));
    parts.put("resize", PodResize.rules());
    return parts;
  }

  /** Owners are put back: old kubelets damaged them. Fields of closed gates are dropped. */
  @Override
  protected Pod prepareStatus(Pod pod, Pod old, WriteContext context) {
    Pod prepared = super.prepareStatus(pod, old, context);
    PodStatus status = DisabledFields.dropped(prepared.status(), old.status());
    return prepared.toBuilder()
        .metadata(
            prepared.metadata().toBuilder()
                .deletionTimestamp(null)
                .ownerReferences(old.metadata().ownerReferences())
                .build())
        .status(
            status.toBuilder()
                .qosClass(status.qosClass().isEmpty() ? old.status().qosClass() : status.qosClass())
                .observedGeneration(
                    status.observedGeneration() == 0
                        ? old.status().observedGeneration()
                        : status.observedGeneration())
                .conditions(withGenerations(status.conditions(), old.status().conditions()))
                .build())
        .build();
  }

  /** A condition that does not say which generation it is about is about the one it was. */
  private static List<PodCondition> withGenerations(
      List<PodCondition> conditions, List<PodCondition> old) {
    List<PodCondition> left = new ArrayList<>(old);
    List<PodCondition> complete = new ArrayList<>(conditions.size());
    for (PodCondition condition : conditions) {
      Optional<PodCondition> before =
          left.stream().filter(other -> other.type().equals(condition.type())).findFirst();
      before.ifPresent(left::remove);
      complete.add(
          condition.observedGeneration() == 0 && before.isPresent()
              ? condition.withObservedGeneration(before.get().observedGeneration())
              : condition);
    }
    return complete;
  }

  @Override
  protected List<FieldError> validateStatus(Pod pod, Pod old) {
    return PodStatusValidation.of(pod, old);
  }

  @Override
  protected FieldFilter statusResetFields() {
    return FieldFilter.excluding(
        List.of(
            List.of("spec"),
            List.of("metadata", "deletionTimestamp"),
            List.of("metadata", "ownerReferences")));
  }

  private static Pod prepareEphemeralContainers(Pod pod, Pod old, WriteContext context) {
    PodSpec spec =
        DisabledFields.dropped(
            old.spec().withEphemeralContainers(pod.spec().ephemeralContainers()), old.spec());
    return withPart(pod, old, spec);
  }

  /**
   * The old pod with another spec; of its metadata only what tells who wrote it comes from the
   * writer. As ResetObjectMetaForStatus and updatePodGeneration.
   */
  static Pod withPart(Pod pod, Pod old, PodSpec spec) {
    boolean same = spec.equals(old.spec());
    return old.toBuilder()
        .spec(spec)
        .metadata(
            old.metadata().toBuilder()
                .resourceVersion(pod.metadata().resourceVersion())
                .managedFields(pod.metadata().managedFields())
                .generation(old.metadata().generation() + (same ? 0 : 1))
                .build())
        .build();
  }

  /** A pod that no node has, or that has ended, needs no time to end. */
  @Override
  public Optional<GracefulDeletion<Pod>> gracefulDeletion() {
    return Optional.of(
        (pod, requested) -> {
          String phase = pod.status().phase();
          if (pod.spec().nodeName().isEmpty()
              || phase.equals("Failed")
              || phase.equals("Succeeded")) {
            return 0;
          }
          Long own = pod.spec().terminationGracePeriodSeconds();
          long seconds = requested != null ? requested : own != null ? own : 0;
          return seconds < 0 ? 1 : seconds;
        });
  }
}
