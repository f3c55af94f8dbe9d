package io.tiphys.controllers.deployment;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The ReplicaSets that were written and that the copy does not show yet. While the watch is late,
 * sizes decided from the copy alone would add up to more than the surge allows. Upstream takes that
 * risk for Deployments; for ReplicaSets and others it keeps a store like this one, see
 * pkg/controller/util/consistency.
 */
final class WrittenSets {
  private final Source source;
  private final Map<ObjectKey, Map<String, ReplicaSet>> byDeployment =
      new ConcurrentSkipListMap<>();

  WrittenSets(Source source) {
    this.source = source;
  }

  void add(ObjectKey deployment, ReplicaSet written) {
    byDeployment
        .computeIfAbsent(deployment, _ -> new ConcurrentSkipListMap<>())
        .put(written.metadata().uid(), written);
  }

  /** The Deployment is gone. */
  void forget(ObjectKey deployment) {
    byDeployment.remove(deployment);
  }

  /** The sets of the copy, and in place of those it shows too late or not at all the API's. */
  List<ReplicaSet> over(ObjectKey deployment, List<ReplicaSet> copied) {
    Map<String, ReplicaSet> written = byDeployment.get(deployment);
    if (written == null) {
      return copied;
    }
    Map<String, ReplicaSet> sets = new LinkedHashMap<>();
    copied.forEach(set -> sets.put(set.metadata().uid(), set));
    written.forEach(
        (uid, set) -> {
          ReplicaSet shown = sets.get(uid);
          if (shown != null && version(shown) >= version(set)) {
            written.remove(uid);
            return;
          }
          ReplicaSet live = live(set);
          if (live == null) {
            written.remove(uid);
            sets.remove(uid);
          } else {
            sets.put(uid, live);
          }
        });
    return List.copyOf(sets.values());
  }

  private @Nullable ReplicaSet live(ReplicaSet set) {
    try {
      ReplicaSet found = source.get(AppsV1.REPLICASETS, set.namespace(), set.name());
      return found.metadata().uid().equals(set.metadata().uid()) ? found : null;
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
  }

  private static long version(ReplicaSet set) {
    return Long.parseUnsignedLong(set.metadata().resourceVersion());
  }
}
