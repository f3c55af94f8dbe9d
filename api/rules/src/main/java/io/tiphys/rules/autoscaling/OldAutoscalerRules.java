package io.tiphys.rules.autoscaling;

import io.tiphys.api.AutoscalingV1;
import io.tiphys.api.AutoscalingV2;
import io.tiphys.api.Resource;
import io.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler;
import io.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerSpec;
import io.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerStatus;
import io.tiphys.rules.Checks;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first version of autoscalers, kept as the second. What it has no fields for lies in
 * annotations, see {@link CarriedFields}. Checked against pkg/apis/autoscaling/v1.
 */
public final class OldAutoscalerRules
    extends SpecRules<
        HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus> {
  public OldAutoscalerRules() {
    super(
        AutoscalingV1.HORIZONTALPODAUTOSCALERS,
        new Parts<>(
            HorizontalPodAutoscaler::spec,
            HorizontalPodAutoscaler::status,
            HorizontalPodAutoscaler::withSpec,
            HorizontalPodAutoscaler::withStatus,
            HorizontalPodAutoscalerStatus.EMPTY));
  }

  @Override
  protected HorizontalPodAutoscalerSpec defaults(
      HorizontalPodAutoscalerSpec spec, HorizontalPodAutoscaler object) {
    return spec.minReplicas() == null ? spec.withMinReplicas(1) : spec;
  }

  /** A new object has no status, in its annotations neither. */
  @Override
  public HorizontalPodAutoscaler prepareForCreate(
      HorizontalPodAutoscaler object, WriteContext context) {
    return AutoscalerForms.old(
        AutoscalerForms.current(object)
            .withStatus(io.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerStatus.EMPTY));
  }

  @Override
  public HorizontalPodAutoscaler prepareForUpdate(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old, WriteContext context) {
    return AutoscalerForms.old(
        AutoscalerForms.current(object).withStatus(AutoscalerForms.current(old).status()));
  }

  @Override
  protected HorizontalPodAutoscaler prepareStatus(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old, WriteContext context) {
    return AutoscalerForms.old(
        AutoscalerForms.current(object).withSpec(AutoscalerForms.current(old).spec()));
  }

  @Override
  public List<FieldError> validate(HorizontalPodAutoscaler object) {
    return AutoscalerValidation.of(AutoscalerForms.current(object).spec(), null);
  }

  @Override
  public List<FieldError> validateUpdate(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old) {
    return AutoscalerValidation.of(
        AutoscalerForms.current(object).spec(), AutoscalerForms.current(old).spec());
  }

  @Override
  protected List<FieldError> validateStatus(
      HorizontalPodAutoscaler object, HorizontalPodAutoscaler old) {
    FieldPath path = FieldPath.of("status");
    Checks checks = new Checks();
    checks.notNegative(path.child("currentReplicas"), object.status().currentReplicas());
    checks.notNegative(path.child("desiredReplicas"), object.status().desiredReplicas());
    return checks.errors();
  }

  @Override
  public Optional<Conversion<HorizontalPodAutoscaler, ?>> conversion() {
    return Optional.of(new AsCurrent());
  }

  private static final class AsCurrent
      implements Conversion<
          HorizontalPodAutoscaler, io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler> {
    @Override
    public Resource<io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler> stored() {
      return AutoscalingV2.HORIZONTALPODAUTOSCALERS;
    }

    @Override
    public HorizontalPodAutoscaler fromStored(
        io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler stored) {
      return AutoscalerForms.old(stored);
    }

    @Override
    public io.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler toStored(
        HorizontalPodAutoscaler object,
        io.tiphys.api.autoscaling.v2.@Nullable HorizontalPodAutoscaler current) {
      return AutoscalerForms.current(object);
    }
  }
}
