package io.tiphys.server.services;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.IPAddressSpec;
import io.tiphys.api.networking.v1.ParentReference;
import io.tiphys.meta.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The IPAddress objects of services. Checked against pkg/registry/core/service/ipallocator
 * (ipallocator.go, controller/repairip.go).
 */
public final class IpAddresses {
  public static final String FAMILY = "ipaddress.kubernetes.io/ip-family";
  public static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";

  /** The value of {@link #MANAGED_BY} of what servers give to services. */
  public static final String ALLOCATOR = "ipallocator.k8s.io";

  private IpAddresses() {}

  /** The object that says that a service has an address. */
  public static IPAddress of(String address, Service service) {
    return IPAddress.builder()
        .metadata(
            ObjectMeta.builder()
                .name(address)
                .labels(Map.of(FAMILY, family(address), MANAGED_BY, ALLOCATOR))
                .build())
        .spec(
            IPAddressSpec.builder()
                .parentRef(
                    ParentReference.builder()
                        .resource("services")
                        .namespace(service.namespace())
                        .name(service.name())
                        .build())
                .build())
        .build();
  }

  private static String family(String address) {
    IpAddress parsed = IpAddress.parse(address);
    return parsed != null && parsed.isV6() ? "IPv6" : "IPv4";
  }

  /** Whether a server gave it to a service. */
  static boolean isManaged(IPAddress address) {
    return ALLOCATOR.equals(address.metadata().labels().get(MANAGED_BY));
  }

  /** Whether it is labelled as servers label what they give. */
  static boolean isLabelled(IPAddress address) {
    return isManaged(address)
        && family(address.name()).equals(address.metadata().labels().get(FAMILY));
  }

  /** Whether it is some service's; null and others are not. */
  static boolean isOfService(@Nullable ParentReference parent) {
    return parent != null && parent.group().isEmpty() && parent.resource().equals("services");
  }

  /** Whether it is this service's. */
  public static boolean isOf(IPAddress address, Service service) {
    ParentReference parent = address.spec().parentRef();
    return parent != null
        && isOfService(parent)
        && parent.namespace().equals(service.namespace())
        && parent.name().equals(service.name());
  }
}
