package io.tiphys.server.admission.quota;

import io.tiphys.api.core.v1.ResourceQuota;
import java.util.List;

/** Where quotas are read and charged. Thread-safe. */
public interface QuotaAccess {
  /** The quotas of a namespace, as the store has them at the moment of the call. */
  List<ResourceQuota> present(String namespace) throws InterruptedException;

  /**
   * Writes the status, if the quota is still the version it was read at.
   *
   * @throws io.tiphys.api.ApiFailure a conflict, if it is not
   */
  void charge(ResourceQuota quota) throws InterruptedException;
}
