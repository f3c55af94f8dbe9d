package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.apps.v1.DaemonSetSpec;
import io.tiphys.api.apps.v1.DaemonSetStatus;
import io.tiphys.api.apps.v1.DaemonSetUpdateStrategy;
import io.tiphys.api.apps.v1.RollingUpdateDaemonSet;
import io.tiphys.meta.IntOrString;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.pods.PodDefaults;
import java.util.List;

/** Checked against pkg/apis/apps/v1/defaults.go and pkg/registry/apps/daemonset/strategy.go. */
public final class DaemonSetRules extends SpecRules<DaemonSet, DaemonSetSpec, DaemonSetStatus> {
  public DaemonSetRules() {
    super(
        AppsV1.DAEMONSETS,
        new Parts<>(
            DaemonSet::spec,
            DaemonSet::status,
            DaemonSet::withSpec,
            DaemonSet::withStatus,
            DaemonSetStatus.EMPTY));
  }

  @Override
  protected DaemonSetSpec defaults(DaemonSetSpec spec, DaemonSet object) {
    DaemonSetUpdateStrategy strategy = spec.updateStrategy();
    String type = strategy.type().isEmpty() ? "RollingUpdate" : strategy.type();
    RollingUpdateDaemonSet rolling = strategy.rollingUpdate();
    if (type.equals("RollingUpdate")) {
      RollingUpdateDaemonSet given = rolling == null ? RollingUpdateDaemonSet.EMPTY : rolling;
      rolling =
          new RollingUpdateDaemonSet(
              given.maxUnavailable() == null ? IntOrString.of(1) : given.maxUnavailable(),
              given.maxSurge() == null ? IntOrString.of(0) : given.maxSurge());
    }
    Integer history = spec.revisionHistoryLimit();
    return spec.toBuilder()
        .template(PodDefaults.of(spec.template()))
        .updateStrategy(new DaemonSetUpdateStrategy(type, rolling))
        .revisionHistoryLimit(history == null ? Integer.valueOf(10) : history)
        .build();
  }

  @Override
  public List<FieldError> validate(DaemonSet set) {
    DaemonSetSpec spec = set.spec();
    return new TemplateValidation()
        .selects(spec.selector(), spec.template())
        .runs(spec.template(), List.of("Always"))
        .notNegative("minReadySeconds", spec.minReadySeconds())
        .notNegative("revisionHistoryLimit", spec.revisionHistoryLimit())
        .errors();
  }

  @Override
  public List<FieldError> validateUpdate(DaemonSet set, DaemonSet old) {
    List<FieldError> errors = validate(set);
    errors.addAll(
        new TemplateValidation()
            .unchanged("selector", set.spec().selector(), old.spec().selector())
            .errors());
    return errors;
  }
}
