package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.apps.v1.StatefulSetStatus;
import io.tiphys.api.apps.v1.StatefulSetUpdateStrategy;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.PodWarnings;
import io.tiphys.rules.warnings.WorkloadWarnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/apps/v1/defaults.go and pkg/apis/apps/validation/validation.go. */
public final class StatefulSetRules
    extends SpecRules<StatefulSet, StatefulSetSpec, StatefulSetStatus> {
  public StatefulSetRules() {
    super(
        AppsV1.STATEFULSETS,
        new Parts<>(
            StatefulSet::spec,
            StatefulSet::status,
            StatefulSet::withSpec,
            StatefulSet::withStatus,
            StatefulSetStatus.EMPTY));
  }

  @Override
  protected StatefulSetSpec defaults(StatefulSetSpec spec, StatefulSet object) {
    return withDefaults(spec);
  }

  static StatefulSetSpec withDefaults(StatefulSetSpec spec) {
    var retention = spec.persistentVolumeClaimRetentionPolicy();
    return spec.toBuilder()
        .template(PodDefaults.of(spec.template()))
        .replicas(spec.replicas() == null ? Integer.valueOf(1) : spec.replicas())
        .podManagementPolicy(
            spec.podManagementPolicy().isEmpty() ? "OrderedReady" : spec.podManagementPolicy())
        .updateStrategy(defaults(spec.updateStrategy()))
        .revisionHistoryLimit(
            spec.revisionHistoryLimit() == null ? Integer.valueOf(10) : spec.revisionHistoryLimit())
        .persistentVolumeClaimRetentionPolicy(
            retention == null
                ? retain(StatefulSetPersistentVolumeClaimRetentionPolicy.EMPTY)
                : retain(retention))
        .volumeClaimTemplates(
            spec.volumeClaimTemplates().stream().map(StatefulSetRules::defaults).toList())
        .build();
  }

  private static StatefulSetPersistentVolumeClaimRetentionPolicy retain(
      StatefulSetPersistentVolumeClaimRetentionPolicy given) {
    return new StatefulSetPersistentVolumeClaimRetentionPolicy(
        given.whenDeleted().isEmpty() ? "Retain" : given.whenDeleted(),
        given.whenScaled().isEmpty() ? "Retain" : given.whenScaled());
  }

  private static StatefulSetUpdateStrategy defaults(StatefulSetUpdateStrategy strategy) {
    String type = strategy.type().isEmpty() ? "RollingUpdate" : strategy.type();
    RollingUpdateStatefulSetStrategy rolling = strategy.rollingUpdate();
    if (rolling == null && strategy.type().isEmpty()) {
      rolling = RollingUpdateStatefulSetStrategy.EMPTY;
    }
    if (rolling != null && rolling.partition() == null && type.equals("RollingUpdate")) {
      rolling = rolling.withPartition(0);
    }
    return new StatefulSetUpdateStrategy(type, rolling);
  }

  private static PersistentVolumeClaim defaults(PersistentVolumeClaim template) {
    String mode = template.spec().volumeMode();
    return template.toBuilder()
        .spec(template.spec().withVolumeMode(mode == null ? "Filesystem" : mode))
        .status(PersistentVolumeClaimStatus.builder().phase("Pending").build())
        .build();
  }

  @Override
  protected StatefulSetSpec allowed(StatefulSetSpec spec, @Nullable StatefulSetSpec old) {
    RollingUpdateStatefulSetStrategy before =
        old == null ? null : old.updateStrategy().rollingUpdate();
    RollingUpdateStatefulSetStrategy rolling = spec.updateStrategy().rollingUpdate();
    // The gate MaxUnavailableStatefulSet is off by default.
    boolean keeps = before != null && before.maxUnavailable() != null;
    StatefulSetSpec left =
        rolling == null || rolling.maxUnavailable() == null || keeps
            ? spec
            : spec.withUpdateStrategy(
                spec.updateStrategy().withRollingUpdate(rolling.withMaxUnavailable(null)));
    return left.withTemplate(
        DisabledFields.dropped(spec.template(), old == null ? null : old.template()));
  }

  @Override
  public List<String> warningsOnCreate(StatefulSet set) {
    List<String> warnings = new ArrayList<>(template(set));
    warnings.addAll(WorkloadWarnings.ofSet(set.spec(), false));
    return warnings;
  }

  @Override
  public List<String> warningsOnUpdate(StatefulSet set, StatefulSet old) {
    List<String> warnings = new ArrayList<>();
    if (WorkloadWarnings.changed(set, old)) {
      warnings.addAll(template(set));
    }
    warnings.addAll(WorkloadWarnings.ofSet(set.spec(), true));
    return warnings;
  }

  private static List<String> template(StatefulSet set) {
    return PodWarnings.of(set.spec().template(), FieldPath.of("spec", "template"));
  }

  @Override
  public List<FieldError> validate(StatefulSet set) {
    return StatefulSetValidation.of(set.spec());
  }

  @Override
  protected List<FieldError> validateStatus(StatefulSet now, StatefulSet old) {
    StatefulSetStatus status = now.status();
    return new StatusCounts()
        .notNegative("replicas", status.replicas())
        .notNegative("readyReplicas", status.readyReplicas())
        .notNegative("currentReplicas", status.currentReplicas())
        .notNegative("updatedReplicas", status.updatedReplicas())
        .notNegative("availableReplicas", status.availableReplicas())
        .notNegative("observedGeneration", status.observedGeneration())
        .notNegative("collisionCount", status.collisionCount())
        .atMost("readyReplicas", status.readyReplicas(), "status.replicas", status.replicas())
        .atMost("currentReplicas", status.currentReplicas(), "status.replicas", status.replicas())
        .atMost("updatedReplicas", status.updatedReplicas(), "status.replicas", status.replicas())
        .atMost(
            "availableReplicas", status.availableReplicas(), "status.replicas", status.replicas())
        .atMost(
            "availableReplicas",
            status.availableReplicas(),
            "status.readyReplicas",
            status.readyReplicas())
        .collisions(status.collisionCount(), old.status().collisionCount())
        .errors();
  }

  @Override
  public List<FieldError> validateUpdate(StatefulSet set, StatefulSet old) {
    return StatefulSetValidation.of(set.spec(), old.spec());
  }

  /** Pods are called as their set is, and a number more. */
  @Override
  public NameRule nameRule() {
    return NameRule.DNS_LABEL;
  }

  @Override
  public Optional<ScaleMapping<StatefulSet>> scale() {
    return Optional.of(
        new Scaling<>(
            set -> set.spec().replicas(),
            set -> set.status().replicas(),
            set -> set.spec().selector(),
            (set, replicas) -> set.withSpec(set.spec().withReplicas(replicas))));
  }
}
