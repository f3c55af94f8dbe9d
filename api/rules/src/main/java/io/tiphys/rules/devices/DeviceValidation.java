package io.tiphys.rules.devices;

import io.tiphys.api.resource.v1.CapacityRequestPolicy;
import io.tiphys.api.resource.v1.CapacityRequestPolicyRange;
import io.tiphys.api.resource.v1.Device;
import io.tiphys.api.resource.v1.DeviceAttribute;
import io.tiphys.api.resource.v1.DeviceCapacity;
import io.tiphys.api.resource.v1.DeviceTaint;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.pods.PlacementValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is wrong with one device of a slice; checked against validateDevice upstream. */
final class DeviceValidation {
  private static final int MAX_ATTRIBUTES_AND_CAPACITIES = 32;
  private static final int MAX_TAINTS = 16;
  private static final int MAX_OPTIONS = 10;

  /** Upstream's DeviceAttributeMaxValueLength. */
  private static final int MAX_VALUE = 64;

  private static final String NUMBER = "(0|[1-9]\\d*)";
  private static final String LABEL = "(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
  private static final String BUILD = "[0-9a-zA-Z-]+";
  private static final Pattern VERSION =
      Pattern.compile(
          "%1$s\\.%1$s\\.%1$s(-%2$s(\\.%2$s)*)?(\\+%3$s(\\.%3$s)*)?"
              .formatted(NUMBER, LABEL, BUILD));
  private static final String ONE_PLACE =
      "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when"
          + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec";

  private final Checks checks;
  private final DeviceChecks devices;
  private final boolean placed;

  /**
   * @param placed whether each device says for itself where it is
   */
  DeviceValidation(Checks checks, DeviceChecks devices, boolean placed) {
    this.checks = checks;
    this.devices = devices;
    this.placed = placed;
  }

  /**
   * @param sameTaints whether it had its taints before
   */
  void check(Device device, FieldPath path, boolean sameTaints) {
    devices.label(device.name(), path.child("name"));
    int size = device.attributes().size() + device.capacity().size();
    if (size > MAX_ATTRIBUTES_AND_CAPACITIES) {
      checks.invalid(
          path,
          size,
          "the total number of attributes and capacities must not exceed "
              + MAX_ATTRIBUTES_AND_CAPACITIES);
    }
    FieldPath attributes = path.child("attributes");
    device
        .attributes()
        .forEach(
            (name, attribute) -> {
              devices.qualified(name, attributes);
              attribute(attribute, attributes.key(name));
            });
    boolean shared = Boolean.TRUE.equals(device.allowMultipleAllocations());
    FieldPath capacities = path.child("capacity");
    device
        .capacity()
        .forEach(
            (name, capacity) -> {
              devices.qualified(name, capacities);
              capacity(capacity, shared, capacities.key(name).child("requestPolicy"));
            });
    if (!sameTaints) {
      devices.list(device.taints(), MAX_TAINTS, path.child("taints"), this::taint);
    }
    place(device, path);
    devices.binding(device.bindingConditions(), device.bindingFailureConditions(), path);
  }

  private void attribute(DeviceAttribute attribute, FieldPath path) {
    int values = 0;
    values += attribute.bool() == null ? 0 : 1;
    values += attribute.int_() == null ? 0 : 1;
    if (attribute.string() != null) {
      values++;
      value(attribute.string(), path.child("string"));
    }
    if (attribute.version() != null) {
      values++;
      if (!VERSION.matcher(attribute.version()).matches()) {
        checks.invalid(
            path.child("version"),
            attribute.version(),
            "must be a string compatible with semver.org spec 2.0.0");
      }
      value(attribute.version(), path.child("version"));
    }
    String one = "exactly one value must be specified";
    if (values == 0) {
      checks.invalid(path, "", one);
    } else if (values > 1) {
      checks.invalid(path, GoStructs.show("resource.DeviceAttribute", attribute::write), one);
    }
  }

  private void value(String value, FieldPath path) {
    if (value.length() > MAX_VALUE) {
      checks.add(FieldError.tooLong(path, MAX_VALUE));
    }
  }

  private void taint(DeviceTaint taint, FieldPath path) {
    checks.each(path.child("key"), taint.key(), Names.qualifiedName(taint.key()));
    checks.each(path.child("value"), taint.value(), Names.labelValue(taint.value()));
    checks.oneOf(path.child("effect"), taint.effect(), ClaimValidation.EFFECTS);
  }

  private void place(Device device, FieldPath path) {
    List<String> given = new ArrayList<>();
    boolean any =
        device.nodeName() != null || device.nodeSelector() != null || device.allNodes() != null;
    if (!placed) {
      if (any) {
        checks.invalid(
            path,
            null,
            "`nodeName`, `nodeSelector` and `allNodes` can only be set if"
                + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec");
      }
      return;
    }
    String node = device.nodeName();
    FieldPath name = path.child("nodeName");
    if (node != null && node.isEmpty()) {
      checks.invalid(name, node, "must not be empty");
    } else if (node != null) {
      given.add("`nodeName`");
      checks.each(name, node, Names.dns1123Subdomain(node));
    }
    if (device.nodeSelector() != null) {
      given.add("`nodeSelector`");
      new PlacementValidation(checks).selector(device.nodeSelector(), path.child("nodeSelector"));
    }
    if (Boolean.TRUE.equals(device.allNodes())) {
      given.add("`allNodes`");
    } else if (device.allNodes() != null) {
      checks.invalid(path.child("allNodes"), false, "must be either unset or set to true");
    }
    if (given.isEmpty()) {
      checks.required(path, ONE_PLACE);
    } else if (given.size() > 1) {
      checks.invalid(path, "{" + String.join(", ", given) + "}", ONE_PLACE);
    }
  }

  private void capacity(DeviceCapacity capacity, boolean shared, FieldPath path) {
    CapacityRequestPolicy policy = capacity.requestPolicy();
    if (policy == null) {
      return;
    }
    Quantity most = capacity.value();
    Quantity usual = policy.default_();
    if (!shared) {
      checks.forbidden(path, "allowMultipleAllocations must be true");
    } else if (!policy.validValues().isEmpty() && policy.validRange() != null) {
      checks.forbidden(
          path,
          "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\""
              + " at the same time");
    } else if (!policy.validValues().isEmpty()) {
      if (usual == null) {
        checks.required(path.child("default"), "required when validValues is defined");
      } else {
        options(policy.validValues(), usual, most, path.child("validValues"));
      }
    } else if (policy.validRange() != null) {
      if (usual == null) {
        checks.required(path.child("default"), "required when validRange is defined");
      } else {
        range(policy.validRange(), usual, most, path.child("validRange"));
      }
    }
  }

  private void options(List<Quantity> options, Quantity usual, Quantity most, FieldPath path) {
    for (int i = 1; i < options.size(); i++) {
      if (options.get(i - 1).compareTo(options.get(i)) > 0) {
        checks.invalid(
            path.index(i), options.get(i).toString(), "values must be sorted in ascending order");
      }
    }
    devices.set(
        options,
        MAX_OPTIONS,
        path,
        (option, at) -> {
          if (option.compareTo(most) > 0) {
            checks.invalid(at, option.toString(), "option is larger than capacity value: " + most);
          }
        },
        option -> Long.toString(option.value()));
    if (options.stream().noneMatch(option -> option.compareTo(usual) == 0)) {
      checks.invalid(
          path, usual.toString(), "default value is not valid according to the requestPolicy");
    }
  }

  private void range(
      CapacityRequestPolicyRange range, Quantity usual, Quantity most, FieldPath path) {
    Quantity min = range.min();
    Quantity max = range.max();
    FieldPath least = path.child("min");
    if (min == null) {
      checks.required(least, "required when validRange is defined");
      return;
    }
    if (min.compareTo(most) > 0) {
      checks.invalid(least, min.toString(), "min is larger than capacity value: " + most);
    }
    if (usual.compareTo(min) < 0) {
      checks.invalid(least, usual.toString(), "default is less than min: " + min);
    }
    if (max != null) {
      FieldPath at = path.child("max");
      if (min.compareTo(max) > 0) {
        checks.invalid(at, min.toString(), "min is larger than max: " + max);
      }
      if (max.compareTo(most) > 0) {
        checks.invalid(at, max.toString(), "max is larger than capacity value: " + most);
      }
      if (usual.compareTo(max) > 0) {
        checks.invalid(at, usual.toString(), "default is more than max: " + max);
      }
    }
    if (range.step() != null) {
      FieldPath at = path.child("step");
      Quantity first = min.add(range.step());
      if (first.compareTo(most) > 0) {
        checks.invalid(
            at,
            range.step().toString(),
            "one step " + first + " is larger than capacity value: " + most);
      }
      step(usual, min, range.step(), at);
      if (max != null) {
        step(max, min, range.step(), at);
      }
    }
  }

  private void step(Quantity value, Quantity min, Quantity step, FieldPath path) {
    if (step.value() != 0 && (value.value() - min.value()) % step.value() != 0) {
      checks.invalid(
          path,
          value.toString(),
          "value is not a multiple of a given step (%s) from (%s)".formatted(step, min));
    }
  }
}
