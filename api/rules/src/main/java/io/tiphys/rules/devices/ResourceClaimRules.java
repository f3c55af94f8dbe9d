package io.tiphys.rules.devices;

import io.tiphys.api.ResourceV1;
import io.tiphys.api.resource.v1.AllocatedDeviceStatus;
import io.tiphys.api.resource.v1.ResourceClaim;
import io.tiphys.api.resource.v1.ResourceClaimSpec;
import io.tiphys.api.resource.v1.ResourceClaimStatus;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Claims of devices; checked against pkg/registry/resource/resourceclaim/strategy.go. */
final class ResourceClaimRules
    extends SpecRules<ResourceClaim, ResourceClaimSpec, ResourceClaimStatus> {
  private static final FieldFilter RESETS_METADATA_AND_SPEC =
      FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));

  ResourceClaimRules() {
    super(
        ResourceV1.RESOURCECLAIMS,
        new Parts<>(
            ResourceClaim::spec,
            ResourceClaim::status,
            ResourceClaim::withSpec,
            ResourceClaim::withStatus,
            ResourceClaimStatus.EMPTY));
  }

  @Override
  protected ResourceClaimSpec defaults(ResourceClaimSpec spec, ResourceClaim object) {
    return spec.withDevices(DeviceKinds.withDefaults(spec.devices()));
  }

  /** Claims have no generation. */
  @Override
  public ResourceClaim prepareForCreate(ResourceClaim claim, WriteContext context) {
    return claim.withStatus(ResourceClaimStatus.EMPTY);
  }

  @Override
  public ResourceClaim prepareForUpdate(
      ResourceClaim claim, ResourceClaim old, WriteContext context) {
    return claim.withStatus(old.status());
  }

  @Override
  public List<FieldError> validate(ResourceClaim claim) {
    return ClaimValidation.claim(claim.spec());
  }

  @Override
  public List<FieldError> validateUpdate(ResourceClaim claim, ResourceClaim old) {
    return claim.spec().equals(old.spec())
        ? List.of()
        : List.of(
            FieldError.invalid(
                FieldPath.of("spec"),
                GoStructs.show("resource.ResourceClaimSpec", claim.spec()::write),
                "field is immutable"));
  }

  /** Devices that are no longer allocated have no status either. */
  @Override
  protected ResourceClaim prepareStatus(
      ResourceClaim claim, ResourceClaim old, WriteContext context) {
    Set<List<String>> gone = new HashSet<>(AllocationValidation.allocated(old.status()));
    gone.removeAll(AllocationValidation.allocated(claim.status()));
    List<AllocatedDeviceStatus> devices =
        claim.status().devices().stream()
            .filter(device -> !gone.contains(AllocationValidation.key(device)))
            .toList();
    return super.prepareStatus(claim, old, context)
        .withMetadata(ObjectMetaRules.ofStatus(claim.metadata(), old.metadata()))
        .withStatus(claim.status().withDevices(devices));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return RESETS_METADATA_AND_SPEC;
  }

  @Override
  protected List<FieldError> validateStatus(ResourceClaim claim, ResourceClaim old) {
    return AllocationValidation.of(claim, old);
  }
}
