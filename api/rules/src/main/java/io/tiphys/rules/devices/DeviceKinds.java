package io.tiphys.rules.devices;

import io.tiphys.api.ResourceV1;
import io.tiphys.api.resource.v1.DeviceClaim;
import io.tiphys.api.resource.v1.DeviceClass;
import io.tiphys.api.resource.v1.DeviceRequest;
import io.tiphys.api.resource.v1.DeviceSubRequest;
import io.tiphys.api.resource.v1.ExactDeviceRequest;
import io.tiphys.api.resource.v1.ResourceClaimTemplate;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.ResourceRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Classes of devices, claims and what drivers have to offer. Checked against pkg/registry/resource
 * and pkg/apis/resource/v1/defaults.go. What selectors of CEL say is not looked at.
 */
public final class DeviceKinds {
  private static final String EXACT = "ExactCount";

  private DeviceKinds() {}

  public static List<ResourceRules<?>> list() {
    return List.of(
        new PlainRules<>(ResourceV1.DEVICECLASSES)
            .counting(DeviceClass::spec)
            .checking(type -> ClaimValidation.type(type.spec())),
        new ResourceClaimRules(),
        new PlainRules<>(ResourceV1.RESOURCECLAIMTEMPLATES)
            .defaulting(DeviceKinds::withDefaults)
            .checkingWithOld(
                (template, old) ->
                    old == null
                        ? ClaimValidation.template(template.spec())
                        : sameTemplate(template, old)),
        new ResourceSliceRules());
  }

  private static ResourceClaimTemplate withDefaults(ResourceClaimTemplate template) {
    var claim = template.spec().spec();
    return template.withSpec(
        template.spec().withSpec(claim.withDevices(withDefaults(claim.devices()))));
  }

  static DeviceClaim withDefaults(DeviceClaim claim) {
    List<DeviceRequest> requests = new ArrayList<>();
    for (DeviceRequest request : claim.requests()) {
      requests.add(
          request.toBuilder()
              .exactly(request.exactly() == null ? null : withDefaults(request.exactly()))
              .firstAvailable(
                  request.firstAvailable().stream().map(DeviceKinds::withDefaults).toList())
              .build());
    }
    return claim.withRequests(requests);
  }

  private static ExactDeviceRequest withDefaults(ExactDeviceRequest request) {
    String mode = request.allocationMode().isEmpty() ? EXACT : request.allocationMode();
    boolean one = mode.equals(EXACT) && request.count() == 0;
    return request.toBuilder().allocationMode(mode).count(one ? 1 : request.count()).build();
  }

  private static DeviceSubRequest withDefaults(DeviceSubRequest request) {
    String mode = request.allocationMode().isEmpty() ? EXACT : request.allocationMode();
    boolean one = mode.equals(EXACT) && request.count() == 0;
    return request.toBuilder().allocationMode(mode).count(one ? 1 : request.count()).build();
  }

  private static List<FieldError> sameTemplate(
      ResourceClaimTemplate template, ResourceClaimTemplate old) {
    return template.spec().equals(old.spec())
        ? List.of()
        : List.of(
            FieldError.invalid(
                FieldPath.of("spec"),
                GoStructs.show("resource.ResourceClaimTemplateSpec", template.spec()::write),
                "field is immutable"));
  }
}
