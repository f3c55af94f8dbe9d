package io.tiphys.rules.flowcontrol;

import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.flowcontrol.v1.ExemptPriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationStatus;
import io.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Priority levels; checked against pkg/registry/flowcontrol/prioritylevelconfiguration and
 * pkg/apis/flowcontrol/v1/defaults.go.
 */
public final class PriorityLevelRules
    extends SpecRules<
        PriorityLevelConfiguration,
        PriorityLevelConfigurationSpec,
        PriorityLevelConfigurationStatus> {
  private static final int SHARES = 30;
  private static final int QUEUES = 64;
  private static final int HAND_SIZE = 8;
  private static final int QUEUE_LENGTH = 50;

  public PriorityLevelRules() {
    super(
        FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS,
        new Parts<>(
            PriorityLevelConfiguration::spec,
            PriorityLevelConfiguration::status,
            PriorityLevelConfiguration::withSpec,
            PriorityLevelConfiguration::withStatus,
            PriorityLevelConfigurationStatus.EMPTY));
  }

  @Override
  protected PriorityLevelConfigurationSpec defaults(
      PriorityLevelConfigurationSpec spec, PriorityLevelConfiguration object) {
    ExemptPriorityLevelConfiguration exempt = spec.exempt();
    return spec.toBuilder()
        .limited(spec.limited() == null ? null : withDefaults(spec.limited()))
        .exempt(
            exempt == null
                ? null
                : new ExemptPriorityLevelConfiguration(
                    or(exempt.nominalConcurrencyShares(), 0), or(exempt.lendablePercent(), 0)))
        .build();
  }

  private static LimitedPriorityLevelConfiguration withDefaults(
      LimitedPriorityLevelConfiguration limited) {
    QueuingConfiguration queuing = limited.limitResponse().queuing();
    return limited.toBuilder()
        .nominalConcurrencyShares(or(limited.nominalConcurrencyShares(), SHARES))
        .lendablePercent(or(limited.lendablePercent(), 0))
        .limitResponse(
            limited
                .limitResponse()
                .withQueuing(
                    queuing == null
                        ? null
                        : queuing.toBuilder()
                            .queues(filled(queuing.queues(), QUEUES))
                            .handSize(filled(queuing.handSize(), HAND_SIZE))
                            .queueLengthLimit(filled(queuing.queueLengthLimit(), QUEUE_LENGTH))
                            .build()))
        .build();
  }

  private static Integer or(@Nullable Integer given, int otherwise) {
    return given == null ? Integer.valueOf(otherwise) : given;
  }

  private static int filled(int given, int otherwise) {
    return given == 0 ? otherwise : given;
  }

  @Override
  public List<FieldError> validate(PriorityLevelConfiguration level) {
    return PriorityLevelValidation.of(level);
  }

  @Override
  public List<FieldError> validateUpdate(
      PriorityLevelConfiguration level, PriorityLevelConfiguration old) {
    return validate(level);
  }

  @Override
  protected PriorityLevelConfiguration prepareStatus(
      PriorityLevelConfiguration level, PriorityLevelConfiguration old, WriteContext context) {
    return old.withStatus(level.status())
        .withMetadata(old.metadata().withManagedFields(level.metadata().managedFields()));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return FlowSchemaRules.RESETS_METADATA_AND_SPEC;
  }

  @Override
  protected List<FieldError> validateStatus(
      PriorityLevelConfiguration level, PriorityLevelConfiguration old) {
    return PriorityLevelValidation.ofStatus(level.status());
  }
}
