package io.tiphys.rules.devices;

import io.tiphys.api.Resource;
import io.tiphys.api.ResourceV1;
import io.tiphys.api.resource.v1.Device;
import io.tiphys.api.resource.v1.DeviceAttribute;
import io.tiphys.api.resource.v1.DeviceTaint;
import io.tiphys.api.resource.v1.ResourceSlice;
import io.tiphys.api.resource.v1.ResourceSliceSpec;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.WriteContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a driver has to offer; checked against pkg/registry/resource/resourceslice/strategy.go.
 * Attributes with several values and mappings to what nodes allocate wait for feature gates.
 */
final class ResourceSliceRules implements ResourceRules<ResourceSlice> {
  @Override
  public Resource<ResourceSlice> resource() {
    return ResourceV1.RESOURCESLICES;
  }

  @Override
  public ResourceSlice prepareForCreate(ResourceSlice slice, WriteContext context) {
    return withGeneration(slice.withSpec(prepared(slice.spec(), context.now())), 1);
  }

  @Override
  public ResourceSlice prepareForUpdate(
      ResourceSlice slice, ResourceSlice old, WriteContext context) {
    ResourceSlice next = slice.withSpec(prepared(slice.spec(), context.now()));
    return next.spec().equals(old.spec())
        ? next
        : withGeneration(next, old.metadata().generation() + 1);
  }

  private static ResourceSlice withGeneration(ResourceSlice slice, long generation) {
    return slice.withMetadata(slice.metadata().withGeneration(generation));
  }

  private static ResourceSliceSpec prepared(ResourceSliceSpec spec, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    return spec.withDevices(
        spec.devices().stream().map(device -> prepared(device, second)).toList());
  }

  private static Device prepared(Device device, Instant now) {
    Map<String, DeviceAttribute> attributes = new HashMap<>();
    device
        .attributes()
        .forEach(
            (name, attribute) ->
                attributes.put(
                    name,
                    attribute.toBuilder()
                        .ints(List.of())
                        .bools(List.of())
                        .strings(List.of())
                        .versions(List.of())
                        .build()));
    List<DeviceTaint> taints =
        device.taints().stream()
            .map(taint -> taint.timeAdded() == null ? taint.withTimeAdded(now) : taint)
            .toList();
    return device.toBuilder()
        .attributes(attributes)
        .taints(taints)
        .nodeAllocatableResourceMappings(Map.of())
        .build();
  }

  @Override
  public List<FieldError> validate(ResourceSlice slice) {
    return SliceValidation.of(slice.spec(), null);
  }

  @Override
  public List<FieldError> validateUpdate(ResourceSlice slice, ResourceSlice old) {
    return SliceValidation.of(slice.spec(), old.spec());
  }

  @Override
  public Map<String, Function<ResourceSlice, String>> selectableFields() {
    return Map.of(
        "spec.nodeName",
        slice -> slice.spec().nodeName() == null ? "" : slice.spec().nodeName(),
        "spec.driver",
        slice -> slice.spec().driver());
  }
}
