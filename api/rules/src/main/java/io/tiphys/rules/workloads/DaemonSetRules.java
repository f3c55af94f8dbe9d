package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.apps.v1.DaemonSetSpec;
import io.tiphys.api.apps.v1.DaemonSetStatus;
import io.tiphys.api.apps.v1.DaemonSetUpdateStrategy;
import io.tiphys.api.apps.v1.RollingUpdateDaemonSet;
import io.tiphys.meta.IntOrString;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.DisabledFields;
import io.tiphys.rules.pods.PodDefaults;
import io.tiphys.rules.warnings.PodWarnings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/apps/v1/defaults.go and pkg/registry/apps/daemonset/strategy.go. */
public final class DaemonSetRules extends SpecRules<DaemonSet, DaemonSetSpec, DaemonSetStatus> {
  private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

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

  /**
   * The generation of the template was a field before apps/v1 and is an annotation since; see
   * Convert_apps_DaemonSet_To_v1_DaemonSet in pkg/apis/apps/v1/conversion.go.
   */
  @Override
  public DaemonSet defaults(DaemonSet set) {
    DaemonSet filled = super.defaults(set);
    return filled.metadata().annotations().containsKey(TEMPLATE_GENERATION)
        ? filled
        : withTemplateGeneration(filled, 0);
  }

  private static DaemonSet withTemplateGeneration(DaemonSet set, long generation) {
    Map<String, String> annotations = new LinkedHashMap<>(set.metadata().annotations());
    annotations.put(TEMPLATE_GENERATION, Long.toString(generation));
    return set.withMetadata(set.metadata().withAnnotations(annotations));
  }

  private static long templateGeneration(DaemonSet set) {
    try {
      return Long.parseLong(set.metadata().annotations().getOrDefault(TEMPLATE_GENERATION, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public DaemonSet prepareForCreate(DaemonSet set, WriteContext context) {
    DaemonSet prepared = super.prepareForCreate(set, context);
    return withTemplateGeneration(prepared, Math.max(1, templateGeneration(set)));
  }

  @Override
  public DaemonSet prepareForUpdate(DaemonSet set, DaemonSet old, WriteContext context) {
    DaemonSet prepared = super.prepareForUpdate(set, old, context);
    boolean same = set.spec().template().equals(old.spec().template());
    return withTemplateGeneration(prepared, templateGeneration(old) + (same ? 0 : 1));
  }

  @Override
  protected DaemonSet prepareStatus(DaemonSet set, DaemonSet old, WriteContext context) {
    return withTemplateGeneration(super.prepareStatus(set, old, context), templateGeneration(old));
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
  protected DaemonSetSpec allowed(DaemonSetSpec spec, @Nullable DaemonSetSpec old) {
    return spec.withTemplate(
        DisabledFields.dropped(spec.template(), old == null ? null : old.template()));
  }

  @Override
  public List<String> warningsOnCreate(DaemonSet set) {
    return PodWarnings.of(set.spec().template(), FieldPath.of("spec", "template"));
  }

  @Override
  public List<String> warningsOnUpdate(DaemonSet set, DaemonSet old) {
    boolean same = set.spec().template().equals(old.spec().template());
    return same ? List.of() : warningsOnCreate(set);
  }

  @Override
  public List<FieldError> validate(DaemonSet set) {
    DaemonSetSpec spec = set.spec();
    TemplateValidation validation =
        new TemplateValidation()
            .selects(spec.selector(), spec.template(), "daemonset")
            .runs(spec.template(), "DaemonSet")
            .notNegative("minReadySeconds", spec.minReadySeconds());
    strategy(spec.updateStrategy(), validation);
    return validation.notNegative("revisionHistoryLimit", spec.revisionHistoryLimit()).errors();
  }

  private static void strategy(DaemonSetUpdateStrategy strategy, TemplateValidation validation) {
    FieldPath path = TemplateValidation.SPEC.child("updateStrategy");
    RollingUpdateDaemonSet rolling = strategy.rollingUpdate();
    if (!strategy.type().equals("RollingUpdate")) {
      if (!strategy.type().equals("OnDelete")) {
        validation.add(
            FieldError.notSupported(
                path,
                TemplateValidation.strategy(strategy.type()),
                List.of("RollingUpdate", "OnDelete")));
      }
      return;
    }
    IntOrString unavailable = rolling == null ? null : rolling.maxUnavailable();
    IntOrString surge = rolling == null ? null : rolling.maxSurge();
    if (unavailable == null || surge == null) {
      validation.add(FieldError.required(path.child("rollingUpdate"), ""));
      return;
    }
    FieldPath least = path.child("rollingUpdate", "maxUnavailable");
    FieldPath most = path.child("rollingUpdate", "maxSurge");
    validation
        .numberOrPercent(least, unavailable)
        .numberOrPercent(most, surge)
        .atMostAll(least, unavailable)
        .atMostAll(most, surge);
    boolean takes = TemplateValidation.amount(unavailable) != 0;
    boolean adds = TemplateValidation.amount(surge) != 0;
    if (takes && adds) {
      Object given = surge instanceof IntOrString.Int(int number) ? number : surge.toString();
      validation.add(
          FieldError.invalid(most, given, "may not be set when maxUnavailable is non-zero"));
    } else if (!takes && !adds) {
      validation.add(FieldError.required(least, "cannot be 0 when maxSurge is 0"));
    }
  }

  @Override
  protected List<FieldError> validateStatus(DaemonSet now, DaemonSet old) {
    DaemonSetStatus status = now.status();
    return new StatusCounts()
        .notNegative("currentNumberScheduled", status.currentNumberScheduled())
        .notNegative("numberMisscheduled", status.numberMisscheduled())
        .notNegative("desiredNumberScheduled", status.desiredNumberScheduled())
        .notNegative("numberReady", status.numberReady())
        .notNegative("observedGeneration", status.observedGeneration())
        .notNegative("updatedNumberScheduled", status.updatedNumberScheduled())
        .notNegative("numberAvailable", status.numberAvailable())
        .notNegative("numberUnavailable", status.numberUnavailable())
        .notNegative("collisionCount", status.collisionCount())
        .collisions(status.collisionCount(), old.status().collisionCount())
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
