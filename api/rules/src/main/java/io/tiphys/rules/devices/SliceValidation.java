package io.tiphys.rules.devices;

import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.resource.v1.Counter;
import io.tiphys.api.resource.v1.CounterSet;
import io.tiphys.api.resource.v1.Device;
import io.tiphys.api.resource.v1.DeviceCounterConsumption;
import io.tiphys.api.resource.v1.ResourcePool;
import io.tiphys.api.resource.v1.ResourceSliceSpec;
import io.tiphys.codec.FieldWriter;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.pods.PlacementValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is wrong with a slice of devices; checked against validateResourceSliceSpec upstream. */
final class SliceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  /** Upstream's ResourceSliceMaxDevices, and its like where devices have taints or counters. */
  private static final int MAX_DEVICES = 128;

  private static final int MAX_ADVANCED_DEVICES = 64;
  private static final int MAX_COUNTER_SETS = 8;
  private static final int MAX_COUNTERS = 32;
  private static final String ONE_PLACE =
      "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  private static final String TRUE_OR_UNSET = "must be either unset or set to true";

  private final Checks checks = new Checks();
  private final DeviceChecks devices = new DeviceChecks(checks);

  private SliceValidation() {}

  static List<FieldError> of(ResourceSliceSpec spec, @Nullable ResourceSliceSpec old) {
    SliceValidation validation = new SliceValidation();
    validation.check(spec, old);
    return validation.checks.errors();
  }

  private void check(ResourceSliceSpec spec, @Nullable ResourceSliceSpec old) {
    devices.driver(spec.driver(), SPEC.child("driver"));
    pool(spec.pool(), SPEC.child("pool"));
    if (old != null) {
      List<FieldError> changes = new ArrayList<>();
      FieldPath pool = SPEC.child("pool", "name");
      ObjectMetaRules.immutable(changes, pool, spec.pool().name(), old.pool().name());
      ObjectMetaRules.immutable(changes, SPEC.child("driver"), spec.driver(), old.driver());
      ObjectMetaRules.immutable(changes, SPEC.child("nodeName"), spec.nodeName(), old.nodeName());
      checks.addAll(changes);
    }
    place(spec);
    if (!spec.sharedCounters().isEmpty() && !spec.devices().isEmpty()) {
      checks.invalid(SPEC, "", "only one of `sharedCounters` or `devices` is allowed");
    }
    boolean advanced =
        spec.devices().stream()
            .anyMatch(each -> !each.taints().isEmpty() || !each.consumesCounters().isEmpty());
    boolean perDevice = Boolean.TRUE.equals(spec.perDeviceNodeSelection());
    DeviceValidation validation = new DeviceValidation(checks, devices, perDevice);
    devices.set(
        spec.devices(),
        advanced ? MAX_ADVANCED_DEVICES : MAX_DEVICES,
        SPEC.child("devices"),
        (device, at) -> {
          validation.check(device, at, old != null && hadTaints(old, device));
          devices.set(
              device.consumesCounters(),
              2,
              at.child("consumesCounters"),
              this::consumption,
              DeviceCounterConsumption::counterSet);
        },
        Device::name);
    devices.set(
        spec.sharedCounters(),
        MAX_COUNTER_SETS,
        SPEC.child("sharedCounters"),
        this::counterSet,
        CounterSet::name);
  }

  /** Whether the device had the same taints before. */
  private static boolean hadTaints(ResourceSliceSpec old, Device device) {
    return old.devices().stream()
        .anyMatch(
            each -> each.name().equals(device.name()) && each.taints().equals(device.taints()));
  }

  private void pool(ResourcePool pool, FieldPath path) {
    devices.pool(pool.name(), path.child("name"));
    if (pool.resourceSliceCount() <= 0) {
      checks.invalid(
          path.child("resourceSliceCount"), pool.resourceSliceCount(), "must be greater than zero");
    }
    if (pool.generation() < 0) {
      checks.invalid(
          path.child("generation"), pool.generation(), "must be greater than or equal to zero");
    }
  }

  private void place(ResourceSliceSpec spec) {
    List<String> given = new ArrayList<>();
    String node = spec.nodeName();
    FieldPath name = SPEC.child("nodeName");
    if (node != null && node.isEmpty()) {
      checks.invalid(name, node, "must be either unset or set to a non-empty string");
    } else if (node != null) {
      given.add("`nodeName`");
      checks.each(name, node, Names.dns1123Subdomain(node));
    }
    if (spec.nodeSelector() != null) {
      given.add("`nodeSelector`");
      selector(spec.nodeSelector(), SPEC.child("nodeSelector"));
    }
    flag(spec.allNodes(), "allNodes", given);
    flag(spec.perDeviceNodeSelection(), "perDeviceNodeSelection", given);
    if (given.isEmpty()) {
      checks.required(SPEC, ONE_PLACE);
    } else if (given.size() > 1) {
      checks.invalid(
          SPEC, "{" + String.join(", ", given) + "}", ONE_PLACE + ", but multiple fields are set");
    }
  }

  private void flag(@Nullable Boolean value, String field, List<String> given) {
    if (Boolean.TRUE.equals(value)) {
      given.add("`" + field + "`");
    } else if (value != null) {
      checks.invalid(SPEC.child(field), false, TRUE_OR_UNSET);
    }
  }

  private void selector(NodeSelector selector, FieldPath path) {
    new PlacementValidation(checks).selector(selector, path);
    if (selector.nodeSelectorTerms().size() != 1) {
      List<Consumer<FieldWriter>> terms = new ArrayList<>();
      selector.nodeSelectorTerms().forEach(term -> terms.add(term::write));
      checks.invalid(
          path.child("nodeSelectorTerms"),
          GoStructs.showAll("core.NodeSelectorTerm", terms),
          "must have exactly one node selector term");
    }
  }

  private void consumption(DeviceCounterConsumption consumption, FieldPath path) {
    counters(consumption.counterSet(), "counterSet", consumption.counters(), path);
  }

  private void counterSet(CounterSet set, FieldPath path) {
    counters(set.name(), "name", set.counters(), path);
  }

  private void counters(String name, String field, Map<String, Counter> counters, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path.child(field));
    } else {
      devices.label(name, path.child(field));
    }
    FieldPath at = path.child("counters");
    if (counters.isEmpty()) {
      checks.required(at);
    } else if (counters.size() > MAX_COUNTERS) {
      checks.add(FieldError.tooMany(at, counters.size(), MAX_COUNTERS));
    } else {
      counters.keySet().forEach(counter -> devices.label(counter, at));
    }
  }
}
