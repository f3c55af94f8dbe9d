package io.tiphys.rules.devices;

import io.tiphys.api.resource.v1.DeviceClaim;
import io.tiphys.api.resource.v1.DeviceClassSpec;
import io.tiphys.api.resource.v1.DeviceConstraint;
import io.tiphys.api.resource.v1.DeviceRequest;
import io.tiphys.api.resource.v1.DeviceSelector;
import io.tiphys.api.resource.v1.DeviceSubRequest;
import io.tiphys.api.resource.v1.DeviceToleration;
import io.tiphys.api.resource.v1.ExactDeviceRequest;
import io.tiphys.api.resource.v1.OpaqueDeviceConfiguration;
import io.tiphys.api.resource.v1.ResourceClaimSpec;
import io.tiphys.api.resource.v1.ResourceClaimTemplateSpec;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.ResourceNames;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a claim of devices; checked against pkg/apis/resource/validation. */
final class ClaimValidation {
  /** So many requests, constraints, configurations, selectors and results fit into one object. */
  static final int MAX_ELEMENTS = 32;

  /** Upstream's OpaqueParametersMaxLength and CELSelectorExpressionMaxLength. */
  private static final int MAX_TEXT = 10 * 1024;

  private static final int MAX_ALTERNATIVES = 8;
  private static final List<String> MODES = List.of("All", "ExactCount");
  private static final List<String> OPERATORS = List.of("Equal", "Exists");
  static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
  private static final String ONE_REQUEST =
      "exactly one of `exactly` or `firstAvailable` is required";

  private final Checks checks = new Checks();
  private final DeviceChecks devices = new DeviceChecks(checks);

  private ClaimValidation() {}

  static List<FieldError> claim(ResourceClaimSpec spec) {
    ClaimValidation validation = new ClaimValidation();
    validation.devices(spec.devices(), FieldPath.of("spec", "devices"));
    return validation.checks.errors();
  }

  static List<FieldError> template(ResourceClaimTemplateSpec spec) {
    ClaimValidation validation = new ClaimValidation();
    FieldPath metadata = FieldPath.of("spec", "metadata");
    validation.checks.addAll(
        ObjectMetaRules.validateAnnotations(
            spec.metadata().annotations(), metadata.child("annotations")));
    validation.checks.addAll(
        ObjectMetaRules.validateLabels(spec.metadata().labels(), metadata.child("labels")));
    validation.devices(spec.spec().devices(), FieldPath.of("spec", "spec", "devices"));
    return validation.checks.errors();
  }

  static List<FieldError> type(DeviceClassSpec spec) {
    ClaimValidation validation = new ClaimValidation();
    FieldPath path = FieldPath.of("spec");
    validation.selectors(spec.selectors(), path.child("selectors"));
    validation.devices.list(
        spec.config(),
        MAX_ELEMENTS,
        path.child("config"),
        (config, at) -> validation.configuration(config.opaque(), at));
    String name = spec.extendedResourceName();
    if (name != null && !ResourceNames.isExtended(name)) {
      validation.checks.invalid(
          path.child("extendedResourceName"), name, "must be a valid extended resource name");
    }
    return validation.checks.errors();
  }

  /** The requests of a claim, each with its alternatives. */
  static Map<String, Set<String>> names(DeviceClaim claim) {
    Map<String, Set<String>> names = new HashMap<>();
    for (DeviceRequest request : claim.requests()) {
      Set<String> alternatives = new HashSet<>();
      request.firstAvailable().forEach(each -> alternatives.add(each.name()));
      names.put(request.name(), alternatives);
    }
    return names;
  }

  private void devices(DeviceClaim claim, FieldPath path) {
    Map<String, Set<String>> names = names(claim);
    devices.set(
        claim.requests(), MAX_ELEMENTS, path.child("requests"), this::request, DeviceRequest::name);
    devices.list(
        claim.constraints(),
        MAX_ELEMENTS,
        path.child("constraints"),
        (constraint, at) -> constraint(constraint, at, names));
    devices.list(
        claim.config(),
        MAX_ELEMENTS,
        path.child("config"),
        (config, at) -> {
          references(config.requests(), at.child("requests"), names);
          configuration(config.opaque(), at);
        });
  }

  private void request(DeviceRequest request, FieldPath path) {
    devices.label(request.name(), path.child("name"));
    boolean alternatives = !request.firstAvailable().isEmpty();
    if (request.exactly() == null && !alternatives) {
      checks.required(path, ONE_REQUEST);
    } else if (request.exactly() != null && alternatives) {
      checks.invalid(path, null, ONE_REQUEST + ", but multiple fields are set");
    } else if (request.exactly() != null) {
      exact(request.exactly(), path.child("exactly"));
    } else {
      devices.set(
          request.firstAvailable(),
          MAX_ALTERNATIVES,
          path.child("firstAvailable"),
          this::alternative,
          DeviceSubRequest::name);
    }
  }

  private void alternative(DeviceSubRequest request, FieldPath path) {
    devices.label(request.name(), path.child("name"));
    exact(
        ExactDeviceRequest.builder()
            .deviceClassName(request.deviceClassName())
            .selectors(request.selectors())
            .allocationMode(request.allocationMode())
            .count(request.count())
            .tolerations(request.tolerations())
            .build(),
        path);
  }

  private void exact(ExactDeviceRequest request, FieldPath path) {
    FieldPath type = path.child("deviceClassName");
    String name = request.deviceClassName();
    if (name.isEmpty()) {
      checks.required(type);
    } else {
      checks.each(type, name, Names.dns1123Subdomain(name));
    }
    selectors(request.selectors(), path.child("selectors"));
    FieldPath count = path.child("count");
    switch (request.allocationMode()) {
      case "All" -> {
        if (request.count() != 0) {
          checks.invalid(
              count, request.count(), "must not be specified when allocationMode is 'All'");
        }
      }
      case "ExactCount" -> {
        if (request.count() <= 0) {
          checks.invalid(count, request.count(), "must be greater than zero");
        }
      }
      default -> checks.supported(path.child("allocationMode"), request.allocationMode(), MODES);
    }
    for (int i = 0; i < request.tolerations().size(); i++) {
      toleration(request.tolerations().get(i), path.child("tolerations").index(i));
    }
  }

  private void selectors(List<DeviceSelector> selectors, FieldPath path) {
    devices.list(
        selectors,
        MAX_ELEMENTS,
        path,
        (selector, at) -> {
          if (selector.cel() == null) {
            checks.required(at.child("cel"));
          } else if (selector.cel().expression().getBytes(StandardCharsets.UTF_8).length
              > MAX_TEXT) {
            checks.add(FieldError.tooLong(at.child("cel", "expression"), MAX_TEXT));
          }
        });
  }

  private void toleration(DeviceToleration toleration, FieldPath path) {
    if (!toleration.key().isEmpty()) {
      checks.each(path.child("key"), toleration.key(), Names.qualifiedName(toleration.key()));
    }
    FieldPath value = path.child("value");
    switch (toleration.operator()) {
      case "Exists" -> {
        if (!toleration.value().isEmpty()) {
          checks.invalid(value, toleration.value(), "must be empty for operator `Exists`");
        }
      }
      case "Equal" -> checks.each(value, toleration.value(), Names.labelValue(toleration.value()));
      default -> checks.oneOf(path.child("operator"), toleration.operator(), OPERATORS);
    }
    if (!toleration.effect().isEmpty()) {
      checks.supported(path.child("effect"), toleration.effect(), EFFECTS);
    }
  }

  private void constraint(
      DeviceConstraint constraint, FieldPath path, Map<String, Set<String>> names) {
    references(constraint.requests(), path.child("requests"), names);
    if (constraint.matchAttribute() != null) {
      devices.fullyQualified(constraint.matchAttribute(), path.child("matchAttribute"));
    } else if (constraint.distinctAttribute() != null) {
      devices.fullyQualified(constraint.distinctAttribute(), path.child("distinctAttribute"));
    } else {
      checks.required(
          path,
          "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple"
              + " fields are set");
    }
  }

  private void references(List<String> requests, FieldPath path, Map<String, Set<String>> names) {
    devices.set(
        requests,
        MAX_ELEMENTS,
        path,
        (name, at) -> reference(checks, devices, name, at, names),
        name -> name);
  }

  /** The name of a request, or of one of its alternatives. */
  static void reference(
      Checks checks,
      DeviceChecks devices,
      String name,
      FieldPath path,
      Map<String, Set<String>> names) {
    String[] segments = name.split("/", -1);
    Set<String> alternatives = names.get(segments[0]);
    boolean known =
        alternatives != null
            && (segments.length == 1
                || (segments.length == 2 && alternatives.contains(segments[1])));
    if (segments.length <= 2) {
      for (String segment : segments) {
        devices.label(segment, path);
      }
    }
    if (!known) {
      checks.invalid(
          path,
          name,
          "must be the name of a request in the claim or the name of a request and a subrequest"
              + " separated by '/'");
    }
  }

  private void configuration(@Nullable OpaqueDeviceConfiguration opaque, FieldPath path) {
    configuration(checks, devices, opaque, path);
  }

  static void configuration(
      Checks checks,
      DeviceChecks devices,
      @Nullable OpaqueDeviceConfiguration opaque,
      FieldPath path) {
    FieldPath at = path.child("opaque");
    if (opaque == null) {
      checks.required(at);
    } else {
      devices.driver(opaque.driver(), at.child("driver"));
      devices.opaque(opaque.parameters(), at.child("parameters"), MAX_TEXT);
    }
  }
}
