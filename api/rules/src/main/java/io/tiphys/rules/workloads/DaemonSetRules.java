package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.apps.v1.DaemonSetSpec;
import io.tiphys.api.apps.v1.DaemonSetStatus;
import io.tiphys.api.apps.v1.DaemonSetUpdateStrategy;
import io.tiphys.api.apps.v1.RollingUpdateDaemonSet;
import io.tiphys.meta.IntOrString;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.IntOrPercent;
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
    TemplateValidation validation = new TemplateValidation();
    check(set.spec(), validation);
    return validation.errors();
  }

  private static void check(DaemonSetSpec spec, TemplateValidation validation) {
    int before = validation.errors().size();
    validation.checks().selector(TemplateValidation.SPEC.child("selector"), spec.selector());
    if (validation.errors().size() == before) {
      validation.selected(spec.selector(), spec.template());
    }
    validation
        .notEmpty(spec.selector(), "daemonset")
        .pods(spec.template())
        .forEver(spec.template(), "DaemonSet")
        .notNegative("minReadySeconds", spec.minReadySeconds());
    strategy(spec.updateStrategy(), validation.checks());
    validation.notNegative("revisionHistoryLimit", spec.revisionHistoryLimit());
  }

  private static void strategy(DaemonSetUpdateStrategy strategy, Checks checks) {
    FieldPath path = TemplateValidation.SPEC.child("updateStrategy");
    FieldPath rolling = path.child("rollingUpdate");
    switch (strategy.type()) {
      case "OnDelete" -> {} // nothing more to say
      case "RollingUpdate" -> {
        if (strategy.rollingUpdate() == null) {
          checks.required(rolling);
        } else {
          rolling(strategy.rollingUpdate(), rolling, checks);
        }
      }
      default ->
          checks.add(
              FieldError.notSupported(
                  path,
                  GoStructs.show("apps.DaemonSetUpdateStrategy", strategy::write),
                  List.of("RollingUpdate", "OnDelete")));
    }
  }

  private static void rolling(RollingUpdateDaemonSet rolling, FieldPath path, Checks checks) {
    FieldPath least = path.child("maxUnavailable");
    FieldPath most = path.child("maxSurge");
    IntOrString unavailable = rolling.maxUnavailable();
    IntOrString surge = rolling.maxSurge();
    IntOrPercent.check(checks, least, unavailable);
    IntOrPercent.check(checks, most, surge);
    IntOrPercent.atMostAll(checks, least, unavailable);
    IntOrPercent.atMostAll(checks, most, surge);
    boolean takes = unavailable != null && IntOrPercent.of(unavailable) != 0;
    boolean adds = surge != null && IntOrPercent.of(surge) != 0;
    if (takes && adds) {
      checks.invalid(
          most, IntOrPercent.shown(surge), "may not be set when maxUnavailable is non-zero");
    } else if (!takes && !adds) {
      checks.required(least, "cannot be 0 when maxSurge is 0");
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
    TemplateValidation validation =
        new TemplateValidation()
            .unchanged("selector", set.spec().selector(), old.spec().selector());
    check(set.spec(), validation);
    return validation.errors();
  }
}
