package io.tiphys.rules.devices;

import io.tiphys.api.resource.v1.AllocatedDeviceStatus;
import io.tiphys.api.resource.v1.AllocationResult;
import io.tiphys.api.resource.v1.DeviceRequestAllocationResult;
import io.tiphys.api.resource.v1.NetworkDeviceData;
import io.tiphys.api.resource.v1.ResourceClaim;
import io.tiphys.api.resource.v1.ResourceClaimConsumerReference;
import io.tiphys.api.resource.v1.ResourceClaimStatus;
import io.tiphys.codec.Json;
import io.tiphys.meta.IpAddress;
import io.tiphys.rules.Checks;
import io.tiphys.rules.ConditionValidation;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.pods.PlacementValidation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with what a claim was given; checked against validateResourceClaimStatusUpdate of
 * pkg/apis/resource/validation.
 */
final class AllocationValidation {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final List<String> SOURCES = List.of("FromClaim", "FromClass");

  /** Upstream's ResourceClaimReservedForMaxSize. */
  private static final int MAX_CONSUMERS = 256;

  /** Upstream's AllocatedDeviceStatusMaxConditions. */
  private static final int MAX_CONDITIONS = 8;

  private static final int MAX_DATA = 10 * 1024;
  private static final int MAX_INTERFACE_NAME = 256;
  private static final int MAX_HARDWARE_ADDRESS = 128;
  private static final int MAX_ADDRESSES = 16;

  private final Checks checks = new Checks();
  private final DeviceChecks devices = new DeviceChecks(checks);

  private AllocationValidation() {}

  static List<FieldError> of(ResourceClaim claim, ResourceClaim old) {
    AllocationValidation validation = new AllocationValidation();
    validation.status(claim, old.status());
    return validation.checks.errors();
  }

  /** The devices that a claim has. */
  static Set<List<String>> allocated(ResourceClaimStatus status) {
    Set<List<String>> keys = new HashSet<>();
    if (status.allocation() != null) {
      for (DeviceRequestAllocationResult each : status.allocation().devices().results()) {
        keys.add(key(each.driver(), each.pool(), each.device(), each.shareID()));
      }
    }
    return keys;
  }

  static List<String> key(AllocatedDeviceStatus device) {
    return key(device.driver(), device.pool(), device.device(), device.shareID());
  }

  private static List<String> key(
      String driver, String pool, String device, @Nullable String share) {
    return List.of(driver, pool, device, share == null ? "" : share);
  }

  private void status(ResourceClaim claim, ResourceClaimStatus old) {
    ResourceClaimStatus status = claim.status();
    FieldPath reserved = STATUS.child("reservedFor");
    devices.set(
        status.reservedFor(),
        MAX_CONSUMERS,
        reserved,
        this::consumer,
        ResourceClaimConsumerReference::uid);
    Set<List<String>> allocated = allocated(status);
    devices.set(
        status.devices(),
        Integer.MAX_VALUE,
        STATUS.child("devices"),
        (device, at) -> device(device, at, allocated),
        device -> shown(key(device)));
    if (!status.reservedFor().isEmpty() && status.allocation() == null) {
      checks.forbidden(reserved, "may not be specified when `allocated` is not set");
    } else if (claim.metadata().deletionTimestamp() != null
        && !old.reservedFor().containsAll(status.reservedFor())) {
      checks.forbidden(
          reserved,
          "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are"
              + " set");
    }
    AllocationResult allocation = status.allocation();
    FieldPath path = STATUS.child("allocation");
    if (allocation != null && old.allocation() != null) {
      if (!allocation.equals(old.allocation())) {
        checks.invalid(
            path,
            GoStructs.show("resource.AllocationResult", allocation::write),
            "field is immutable");
      }
    } else if (allocation != null) {
      allocation(allocation, path, ClaimValidation.names(claim.spec().devices()));
    }
  }

  private void consumer(ResourceClaimConsumerReference consumer, FieldPath path) {
    if (consumer.resource().isEmpty()) {
      checks.required(path.child("resource"));
    }
    if (consumer.name().isEmpty()) {
      checks.required(path.child("name"));
    }
    if (consumer.uid().isEmpty()) {
      checks.required(path.child("uid"));
    }
  }

  private void allocation(
      AllocationResult allocation, FieldPath path, Map<String, Set<String>> names) {
    FieldPath at = path.child("devices");
    devices.list(
        allocation.devices().results(),
        ClaimValidation.MAX_ELEMENTS,
        at.child("results"),
        (result, where) -> result(result, where, names));
    // As many as the class and as the claim may have.
    devices.list(
        allocation.devices().config(),
        2 * ClaimValidation.MAX_ELEMENTS,
        at.child("config"),
        (config, where) -> {
          checks.oneOf(where.child("source"), config.source(), SOURCES);
          devices.set(
              config.requests(),
              ClaimValidation.MAX_ELEMENTS,
              where.child("requests"),
              (name, p) -> ClaimValidation.reference(checks, devices, name, p, names),
              name -> name);
          ClaimValidation.configuration(checks, devices, config.opaque(), where);
        });
    if (allocation.nodeSelector() != null) {
      new PlacementValidation(checks)
          .selector(allocation.nodeSelector(), path.child("nodeSelector"));
    }
  }

  private void result(
      DeviceRequestAllocationResult result, FieldPath path, Map<String, Set<String>> names) {
    ClaimValidation.reference(checks, devices, result.request(), path.child("request"), names);
    devices.driver(result.driver(), path.child("driver"));
    devices.pool(result.pool(), path.child("pool"));
    devices.label(result.device(), path.child("device"));
    devices.binding(result.bindingConditions(), result.bindingFailureConditions(), path);
    devices.uid(result.shareID(), path.child("shareID"));
  }

  private void device(AllocatedDeviceStatus device, FieldPath path, Set<List<String>> allocated) {
    devices.driver(device.driver(), path.child("driver"));
    devices.pool(device.pool(), path.child("pool"));
    devices.label(device.device(), path.child("device"));
    devices.uid(device.shareID(), path.child("shareID"));
    if (!allocated.contains(key(device))) {
      checks.invalid(path, shown(key(device)), "must be an allocated device in the claim");
    }
    FieldPath conditions = path.child("conditions");
    if (device.conditions().size() > MAX_CONDITIONS) {
      checks.add(FieldError.tooMany(conditions, device.conditions().size(), MAX_CONDITIONS));
    }
    ConditionValidation.check(checks, device.conditions(), conditions);
    if (device.data() != null) {
      devices.opaque(device.data(), path.child("data"), MAX_DATA);
    }
    if (device.networkData() != null) {
      network(device.networkData(), path.child("networkData"));
    }
  }

  private static Json shown(List<String> key) {
    return Json.Obj.builder()
        .put("Driver", key.get(0))
        .put("Pool", key.get(1))
        .put("Device", key.get(2))
        .put("ShareID", key.get(3))
        .build();
  }

  private void network(NetworkDeviceData data, FieldPath path) {
    if (data.interfaceName().length() > MAX_INTERFACE_NAME) {
      checks.add(FieldError.tooLong(path.child("interfaceName"), MAX_INTERFACE_NAME));
    }
    if (data.hardwareAddress().length() > MAX_HARDWARE_ADDRESS) {
      checks.add(FieldError.tooLong(path.child("hardwareAddress"), MAX_HARDWARE_ADDRESS));
    }
    devices.set(
        data.ips(),
        MAX_ADDRESSES,
        path.child("ips"),
        (address, at) -> {
          if (!IpAddress.isNetwork(address)) {
            checks.invalid(
                at,
                address,
                "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
          }
        },
        address -> address);
  }
}
