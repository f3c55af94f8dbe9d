package io.tiphys.rules.storage;

import io.tiphys.api.StorageV1;
import io.tiphys.api.storage.v1.CSIDriver;
import io.tiphys.api.storage.v1.CSIDriverSpec;
import io.tiphys.api.storage.v1.VolumeAttributesClass;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.warnings.StorageWarnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What drivers of storage tell about themselves. Checked against pkg/registry/storage and
 * pkg/apis/storage/v1/defaults.go; {@code preventPodSchedulingIfMissing} waits for a feature gate.
 */
public final class DriverKinds {
  private DriverKinds() {}

  public static List<ResourceRules<?>> list() {
    return List.of(
        new PlainRules<>(StorageV1.CSIDRIVERS)
            .defaulting(driver -> driver.withSpec(withDefaults(driver.spec())))
            .countingChanges(CSIDriver::spec)
            .updatedKnowingly()
            .checking(driver -> DriverValidation.driver(driver.spec()))
            .checkingUpdates(DriverValidation::sameDriver)
            .warning(StorageWarnings::ofNew, StorageWarnings::of),
        new PlainRules<>(StorageV1.CSINODES)
            .updatedKnowingly()
            .checking(node -> DriverValidation.node(node.spec()))
            .checkingUpdates((node, old) -> DriverValidation.sameDrivers(node.spec(), old.spec())),
        new PlainRules<>(StorageV1.CSISTORAGECAPACITIES)
            .updatedKnowingly()
            .checking(DriverValidation::capacity)
            .checkingUpdates(DriverValidation::samePlace)
            .warning(StorageWarnings::of, (capacity, _) -> StorageWarnings.of(capacity)),
        new PlainRules<>(StorageV1.VOLUMEATTRIBUTESCLASSES)
            .checkingWithOld(
                (type, old) -> {
                  List<FieldError> errors = new ArrayList<>();
                  if (old != null) {
                    errors.addAll(sameClass(type, old));
                  }
                  errors.addAll(DriverValidation.attributes(type));
                  return errors;
                }));
  }

  private static CSIDriverSpec withDefaults(CSIDriverSpec spec) {
    return spec.toBuilder()
        .attachRequired(or(spec.attachRequired(), true))
        .podInfoOnMount(or(spec.podInfoOnMount(), false))
        .storageCapacity(or(spec.storageCapacity(), false))
        .fsGroupPolicy(Objects.requireNonNullElse(spec.fsGroupPolicy(), "ReadWriteOnceWithFSType"))
        .volumeLifecycleModes(
            spec.volumeLifecycleModes().isEmpty()
                ? List.of("Persistent")
                : spec.volumeLifecycleModes())
        .requiresRepublish(or(spec.requiresRepublish(), false))
        .seLinuxMount(or(spec.seLinuxMount(), false))
        .preventPodSchedulingIfMissing(null)
        .build();
  }

  private static Boolean or(@Nullable Boolean given, boolean otherwise) {
    return given == null ? Boolean.valueOf(otherwise) : given;
  }

  private static List<FieldError> sameClass(VolumeAttributesClass type, VolumeAttributesClass old) {
    List<FieldError> errors = new ArrayList<>();
    if (!type.driverName().equals(old.driverName())) {
      errors.add(
          FieldError.forbidden(FieldPath.of("driverName"), "updates to driverName are forbidden."));
    }
    if (!type.parameters().equals(old.parameters())) {
      errors.add(
          FieldError.forbidden(FieldPath.of("parameters"), "updates to parameters are forbidden."));
    }
    return errors;
  }
}
