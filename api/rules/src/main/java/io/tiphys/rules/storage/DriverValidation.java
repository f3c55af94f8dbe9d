package io.tiphys.rules.storage;

import io.tiphys.api.storage.v1.CSIDriver;
import io.tiphys.api.storage.v1.CSIDriverSpec;
import io.tiphys.api.storage.v1.CSINodeDriver;
import io.tiphys.api.storage.v1.CSINodeSpec;
import io.tiphys.api.storage.v1.CSIStorageCapacity;
import io.tiphys.api.storage.v1.TokenRequest;
import io.tiphys.api.storage.v1.VolumeAttributesClass;
import io.tiphys.codec.Json;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.pods.VolumePlugins;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with it; checked against pkg/apis/storage/validation/validation.go. */
final class DriverValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> GROUP_POLICIES =
      List.of("File", "None", "ReadWriteOnceWithFSType");
  private static final List<String> LIFECYCLES = List.of("Persistent", "Ephemeral");
  private static final int MIN_UPDATE_SECONDS = 10;
  private static final int MIN_TOKEN_SECONDS = 600;
  private static final long MAX_TOKEN_SECONDS = 1L << 32;

  /** Upstream's csiNodeIDMaxLength. */
  private static final int MAX_NODE_ID = 256;

  /** Upstream's maxProvisionerParameterLen. */
  private static final int MAX_PARAMETERS = 512;

  /** Upstream's maxProvisionerParameterSize. */
  private static final int MAX_PARAMETER_BYTES = 256 * 1024;

  private DriverValidation() {}

  static List<FieldError> driver(CSIDriverSpec spec) {
    Checks checks = new Checks();
    given(spec.attachRequired(), "attachedRequired", checks);
    given(spec.podInfoOnMount(), "podInfoOnMount", checks);
    given(spec.storageCapacity(), "storageCapacity", checks);
    checks.supported(SPEC.child("fsGroupPolicy"), spec.fsGroupPolicy(), GROUP_POLICIES);
    tokens(spec.tokenRequests(), SPEC.child("tokenRequests"), checks);
    for (String mode : spec.volumeLifecycleModes()) {
      checks.supported(SPEC.child("volumeLifecycleModes"), mode, LIFECYCLES);
    }
    given(spec.seLinuxMount(), "seLinuxMount", checks);
    Long period = spec.nodeAllocatableUpdatePeriodSeconds();
    if (period != null && period < MIN_UPDATE_SECONDS) {
      checks.invalid(
          SPEC.child("nodeAllocatableUpdatePeriodSeconds"),
          period,
          "must be greater than or equal to 10 seconds");
    }
    if (spec.serviceAccountTokenInSecrets() != null && spec.tokenRequests().isEmpty()) {
      checks.invalid(
          SPEC.child("serviceAccountTokenInSecrets"),
          spec.serviceAccountTokenInSecrets(),
          "serviceAccountTokenInSecrets is set but no tokenRequests are specified");
    }
    return checks.errors();
  }

  private static void given(@Nullable Boolean value, String field, Checks checks) {
    if (value == null) {
      checks.required(SPEC.child(field));
    }
  }

  private static void tokens(List<TokenRequest> tokens, FieldPath path, Checks checks) {
    Set<String> audiences = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      FieldPath at = path.index(i);
      Long seconds = tokens.get(i).expirationSeconds();
      if (!audiences.add(tokens.get(i).audience())) {
        checks.add(FieldError.duplicate(at.child("audience"), tokens.get(i).audience()));
      } else if (seconds != null && seconds < MIN_TOKEN_SECONDS) {
        checks.invalid(
            at.child("expirationSeconds"),
            seconds,
            "may not specify a duration less than 10 minutes");
      } else if (seconds != null && seconds > MAX_TOKEN_SECONDS) {
        checks.invalid(
            at.child("expirationSeconds"),
            seconds,
            "may not specify a duration larger than 2^32 seconds");
      }
    }
  }

  static List<FieldError> sameDriver(CSIDriver driver, CSIDriver old) {
    Checks checks = new Checks();
    ObjectMetaRules.immutable(
        checks.errors(),
        SPEC.child("attachedRequired"),
        driver.spec().attachRequired(),
        old.spec().attachRequired());
    ObjectMetaRules.immutable(
        checks.errors(),
        SPEC.child("volumeLifecycleModes"),
        driver.spec().volumeLifecycleModes(),
        old.spec().volumeLifecycleModes());
    return checks.errors();
  }

  static List<FieldError> node(CSINodeSpec spec) {
    Checks checks = new Checks();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.drivers().size(); i++) {
      CSINodeDriver driver = spec.drivers().get(i);
      FieldPath at = SPEC.child("drivers").index(i);
      new VolumePlugins(checks).csiDriver(driver.name(), at.child("name"));
      if (driver.nodeID().isEmpty()) {
        checks.required(at.child("nodeID"));
      }
      if (driver.nodeID().getBytes(StandardCharsets.UTF_8).length > MAX_NODE_ID) {
        checks.invalid(at.child("nodeID"), driver.nodeID(), "must be 256 characters or less");
      }
      if (driver.allocatable() != null) {
        checks.notNegative(at.child("allocatable", "count"), driver.allocatable().count());
      }
      if (!names.add(driver.name())) {
        checks.add(FieldError.duplicate(at.child("name"), driver.name()));
      }
      topologyKeys(driver.topologyKeys(), at, checks);
    }
    return checks.errors();
  }

  private static void topologyKeys(List<String> keys, FieldPath path, Checks checks) {
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      if (key.isEmpty()) {
        checks.required(path);
      }
      if (!seen.add(key)) {
        checks.add(FieldError.duplicate(path, key));
      }
      checks.each(path, key, Names.qualifiedName(key));
    }
  }

  /** How much a driver can attach may change, nothing else of it. */
  static List<FieldError> sameDrivers(CSINodeSpec spec, CSINodeSpec old) {
    Checks checks = new Checks();
    for (CSINodeDriver before : old.drivers()) {
      for (CSINodeDriver now : spec.drivers()) {
        CSINodeDriver plain = now.withAllocatable(null);
        if (now.name().equals(before.name()) && !plain.equals(before.withAllocatable(null))) {
          checks.invalid(
              SPEC.child("drivers"),
              GoStructs.show("storage.CSINodeDriver", plain::write),
              "field is immutable");
        }
      }
    }
    return checks.errors();
  }

  static List<FieldError> capacity(CSIStorageCapacity capacity) {
    Checks checks = new Checks();
    checks.selector(FieldPath.of("nodeTopology"), capacity.nodeTopology());
    String type = capacity.storageClassName();
    checks.each(FieldPath.of("storageClassName"), type, Names.dns1123Subdomain(type));
    if (capacity.capacity() != null && capacity.capacity().signum() < 0) {
      checks.invalid(
          FieldPath.of("capacity"),
          capacity.capacity().toString(),
          "must be greater than or equal to 0");
    }
    return checks.errors();
  }

  static List<FieldError> samePlace(CSIStorageCapacity capacity, CSIStorageCapacity old) {
    Checks checks = new Checks();
    if (!Objects.equals(capacity.nodeTopology(), old.nodeTopology())) {
      Json shown =
          capacity.nodeTopology() == null
              ? Json.Null.NULL
              : GoValues.tree(capacity.nodeTopology()::write);
      checks.invalid(FieldPath.of("nodeTopology"), shown, "field is immutable");
    }
    ObjectMetaRules.immutable(
        checks.errors(),
        FieldPath.of("storageClassName"),
        capacity.storageClassName(),
        old.storageClassName());
    return checks.errors();
  }

  static List<FieldError> attributes(VolumeAttributesClass type) {
    Checks checks = new Checks();
    String driver = type.driverName();
    FieldPath path = FieldPath.of("driverName");
    if (driver.isEmpty()) {
      checks.required(path);
    } else {
      String lower = driver.toLowerCase(Locale.ROOT);
      checks.each(path, lower, Names.qualifiedName(lower));
    }
    parameters(type.parameters(), FieldPath.of("parameters"), checks);
    return checks.errors();
  }

  private static void parameters(Map<String, String> parameters, FieldPath path, Checks checks) {
    if (parameters.size() > MAX_PARAMETERS) {
      checks.add(FieldError.tooLong(path, MAX_PARAMETERS));
      return;
    }
    if (parameters.containsKey("")) {
      checks.invalid(path, "", "field can not be empty.");
    }
    if (bytes(parameters) > MAX_PARAMETER_BYTES) {
      checks.add(FieldError.tooLong(path, MAX_PARAMETER_BYTES));
    }
    if (parameters.isEmpty()) {
      checks.required(path, "must contain at least one key/value pair");
    }
  }

  /** How long keys and values are together. */
  static long bytes(Map<String, String> texts) {
    long size = 0;
    for (Map.Entry<String, String> text : texts.entrySet()) {
      size += text.getKey().getBytes(StandardCharsets.UTF_8).length;
      size += text.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    return size;
  }
}
