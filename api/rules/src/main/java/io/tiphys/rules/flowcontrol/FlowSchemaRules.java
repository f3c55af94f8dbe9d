package io.tiphys.rules.flowcontrol;

import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import io.tiphys.api.flowcontrol.v1.FlowSchemaStatus;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;

/**
 * Flow schemas; checked against pkg/registry/flowcontrol/flowschema and pkg/apis/flowcontrol/v1.
 */
public final class FlowSchemaRules extends SpecRules<FlowSchema, FlowSchemaSpec, FlowSchemaStatus> {
  static final FieldFilter RESETS_METADATA_AND_SPEC =
      FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));

  private static final int DEFAULT_PRECEDENCE = 1000;

  public FlowSchemaRules() {
    super(
        FlowcontrolV1.FLOWSCHEMAS,
        new Parts<>(
            FlowSchema::spec,
            FlowSchema::status,
            FlowSchema::withSpec,
            FlowSchema::withStatus,
            FlowSchemaStatus.EMPTY));
  }

  @Override
  protected FlowSchemaSpec defaults(FlowSchemaSpec spec, FlowSchema object) {
    return spec.matchingPrecedence() == 0 ? spec.withMatchingPrecedence(DEFAULT_PRECEDENCE) : spec;
  }

  @Override
  public List<FieldError> validate(FlowSchema schema) {
    return FlowSchemaValidation.of(schema);
  }

  @Override
  public List<FieldError> validateUpdate(FlowSchema schema, FlowSchema old) {
    return validate(schema);
  }

  @Override
  protected FlowSchema prepareStatus(FlowSchema schema, FlowSchema old, WriteContext context) {
    return old.withStatus(schema.status())
        .withMetadata(old.metadata().withManagedFields(schema.metadata().managedFields()));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return RESETS_METADATA_AND_SPEC;
  }

  @Override
  protected List<FieldError> validateStatus(FlowSchema schema, FlowSchema old) {
    return FlowSchemaValidation.ofStatus(schema.status());
  }
}
