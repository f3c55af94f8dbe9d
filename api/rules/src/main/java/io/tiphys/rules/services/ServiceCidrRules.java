package io.tiphys.rules.services;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.api.networking.v1.ServiceCIDRSpec;
import io.tiphys.api.networking.v1.ServiceCIDRStatus;
import io.tiphys.codec.Json;
import io.tiphys.meta.IpNetwork;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;

/**
 * Networks that services get their addresses from; they have no generation. Checked against
 * ValidateServiceCIDR and ValidateServiceCIDRUpdate in pkg/apis/networking/validation/validation.go
 * and pkg/registry/networking/servicecidr/strategy.go.
 */
public final class ServiceCidrRules
    extends SpecRules<ServiceCIDR, ServiceCIDRSpec, ServiceCIDRStatus> {
  private static final FieldPath CIDRS = FieldPath.of("spec").child("cidrs");
  private static final String IMMUTABLE = "field is immutable";

  public ServiceCidrRules() {
    super(
        NetworkingV1.SERVICECIDRS,
        new Parts<>(
            ServiceCIDR::spec,
            ServiceCIDR::status,
            ServiceCIDR::withSpec,
            ServiceCIDR::withStatus,
            ServiceCIDRStatus.EMPTY));
  }

  @Override
  public ServiceCIDR prepareForCreate(ServiceCIDR cidr, WriteContext context) {
    return cidr.withStatus(ServiceCIDRStatus.EMPTY);
  }

  @Override
  public ServiceCIDR prepareForUpdate(ServiceCIDR cidr, ServiceCIDR old, WriteContext context) {
    return cidr.withStatus(old.status());
  }

  /** Unlike most kinds', the status takes no metadata along. */
  @Override
  protected ServiceCIDR prepareStatus(ServiceCIDR cidr, ServiceCIDR old, WriteContext context) {
    ObjectMeta meta = cidr.metadata();
    ObjectMeta before = old.metadata();
    return super.prepareStatus(cidr, old, context)
        .withMetadata(
            meta.toBuilder()
                .deletionTimestamp(before.deletionTimestamp())
                .generation(before.generation())
                .selfLink(before.selfLink())
                .labels(before.labels())
                .annotations(before.annotations())
                .finalizers(before.finalizers())
                .ownerReferences(before.ownerReferences())
                .build());
  }

  @Override
  protected FieldFilter statusResetFields() {
    return FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));
  }

  @Override
  public List<FieldError> validate(ServiceCIDR cidr) {
    Checks checks = new Checks();
    networks(checks, cidr.spec().cidrs());
    return checks.errors();
  }

  private static void networks(Checks checks, List<String> cidrs) {
    if (cidrs.isEmpty()) {
      checks.required(CIDRS, "at least one CIDR required");
      return;
    }
    if (cidrs.size() > 2) {
      Json spec = Json.Obj.EMPTY.with("CIDRs", shown(cidrs));
      checks.invalid(CIDRS, spec, "may only hold up to 2 values");
      return;
    }
    for (int i = 0; i < cidrs.size(); i++) {
      checks.each(CIDRS.index(i), cidrs.get(i), IpNetwork.problems(cidrs.get(i)));
    }
    if (cidrs.size() == 2 && sameFamily(cidrs.getFirst(), cidrs.getLast())) {
      checks.invalid(
          CIDRS,
          cidrs,
          "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and"
              + " 2001:db8::/64");
    }
  }

  private static Json shown(List<String> cidrs) {
    return new Json.Arr(cidrs.stream().<Json>map(Json.Str::new).toList());
  }

  private static boolean sameFamily(String one, String other) {
    IpNetwork first = IpNetwork.parse(one);
    IpNetwork second = IpNetwork.parse(other);
    return first != null && second != null && first.isV6() == second.isV6();
  }

  /** A second network, of the other family, may come; all else stays. */
  @Override
  public List<FieldError> validateUpdate(ServiceCIDR cidr, ServiceCIDR old) {
    Checks checks = new Checks();
    List<String> now = cidr.spec().cidrs();
    List<String> before = old.spec().cidrs();
    boolean second = before.size() == 1 && now.size() == 2;
    if (now.size() != before.size() && !second) {
      checks.invalid(CIDRS, now, IMMUTABLE);
      return checks.errors();
    }
    for (int i = 0; i < before.size(); i++) {
      if (!now.get(i).equals(before.get(i))) {
        checks.invalid(CIDRS.index(i), now.get(i), IMMUTABLE);
      }
    }
    if (second) {
      networks(checks, now);
    }
    return checks.errors();
  }
}
