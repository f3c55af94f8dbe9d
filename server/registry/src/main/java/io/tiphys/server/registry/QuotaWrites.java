package io.tiphys.server.registry;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.server.admission.quota.QuotaAccess;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Quotas as admission charges them: through the verbs, as every other write. Admission is made
 * before the verbs it guards, so that they come later.
 */
final class QuotaWrites implements QuotaAccess {
  /** As upstream's loopback client. */
  private static final Call SELF =
      Call.of(
          new User("system:apiserver", "", List.of(User.MASTERS, User.AUTHENTICATED), Map.of()),
          "kube-apiserver");

  private volatile @Nullable Reader reader;

  /** What quotas are read and written with. */
  private record Reader(Verbs verbs, LiveResources resources) {
    Served<ResourceQuota, ?> served() {
      return resources.current().of(CoreV1.RESOURCEQUOTAS);
    }
  }

  /** From now on there are verbs. */
  void open(Verbs verbs, LiveResources resources) {
    reader = new Reader(verbs, resources);
  }

  private Reader reader() {
    Reader opened = reader;
    if (opened == null) {
      throw new IllegalStateException("no verbs yet");
    }
    return opened;
  }

  @Override
  public List<ResourceQuota> present(String namespace) throws InterruptedException {
    Reader open = reader();
    return open.verbs().all(open.served(), namespace).stream().map(Cached::record).toList();
  }

  @Override
  public void charge(ResourceQuota quota) throws InterruptedException {
    Reader open = reader();
    Patches.Target status = new Patches.Target(quota.namespace(), quota.name(), "status");
    open.verbs().update(open.served(), SELF, status, quota);
  }
}
