package io.tiphys.rules.services;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.ParentReference;
import io.tiphys.codec.Json;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.ResourceRules;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that somebody has, each an object named like it. Checked against ValidateIPAddress and
 * ValidateIPAddressUpdate in pkg/apis/networking/validation/validation.go.
 */
public final class IpAddressRules {
  private static final FieldPath PARENT = FieldPath.of("spec").child("parentRef");

  /** A prefix is checked as the address that it is not yet. */
  private static final NameRule ADDRESS =
      new NameRule() {
        @Override
        public List<String> check(String name) {
          return IpAddress.strictProblems(name);
        }

        @Override
        public List<String> checkPrefix(String prefix) {
          return IpAddress.strictProblems(prefix);
        }
      };

  private IpAddressRules() {}

  public static ResourceRules<IPAddress> rules() {
    return new PlainRules<>(NetworkingV1.IPADDRESSES)
        .named(ADDRESS)
        .checking(address -> parent(address.spec().parentRef()))
        .checkingUpdates(IpAddressRules::sameParent);
  }

  private static List<FieldError> parent(@Nullable ParentReference parent) {
    Checks checks = new Checks();
    if (parent == null) {
      checks.required(PARENT);
      return checks.errors();
    }
    if (!parent.group().isEmpty()) {
      checks.each(PARENT.child("group"), parent.group(), Names.dns1123Subdomain(parent.group()));
    }
    named(checks, PARENT.child("resource"), parent.resource());
    named(checks, PARENT.child("name"), parent.name());
    if (!parent.namespace().isEmpty()) {
      named(checks, PARENT.child("namespace"), parent.namespace());
    }
    return checks.errors();
  }

  private static void named(Checks checks, FieldPath path, String value) {
    if (value.isEmpty()) {
      checks.required(path);
    } else {
      checks.each(path, value, Names.pathSegmentName(value));
    }
  }

  private static List<FieldError> sameParent(IPAddress now, IPAddress old) {
    ParentReference parent = now.spec().parentRef();
    if (Objects.equals(parent, old.spec().parentRef())) {
      return List.of();
    }
    return List.of(
        FieldError.invalid(PARENT, parent == null ? null : shown(parent), "field is immutable"));
  }

  /** As Go prints its internal struct, which has no names for JSON. */
  private static Json shown(ParentReference parent) {
    return Json.Obj.builder()
        .put("Group", parent.group())
        .put("Resource", parent.resource())
        .put("Namespace", parent.namespace())
        .put("Name", parent.name())
        .build();
  }
}
