package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Service;

/** What is given out once in the whole cluster, by resource: addresses and ports of services. */
final class Allocations {
  private final ServiceAllocation services;

  Allocations(ServiceAllocation services) {
    this.services = services;
  }

  <T extends ApiObject> Reservation<T> forCreate(Resource<T> resource, T object, Call call)
      throws InterruptedException {
    return resource.equals(CoreV1.SERVICES)
        ? cast(services.reserve((Service) object, null, call))
        : Reservation.none(object);
  }

  <T extends ApiObject> Reservation<T> forUpdate(
      Resource<T> resource, String subresource, T object, T old, Call call)
      throws InterruptedException {
    return resource.equals(CoreV1.SERVICES) && subresource.isEmpty()
        ? cast(services.reserve((Service) object, (Service) old, call))
        : Reservation.none(object);
  }

  /** What was reserved could not be had: the store has it under {@code key}. */
  void refused(String key) throws InterruptedException {
    services.refused(key);
  }

  @SuppressWarnings("unchecked") // the resource's kind is Service
  private static <T extends ApiObject> Reservation<T> cast(Reservation<Service> reserved) {
    return (Reservation<T>) reserved;
  }
}
