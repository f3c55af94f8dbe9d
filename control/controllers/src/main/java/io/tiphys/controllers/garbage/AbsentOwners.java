package io.tiphys.controllers.garbage;

import java.util.LinkedHashMap;
import java.util.Map;

/** Owners that the API said are gone; uids never come back, so it need not be asked twice. */
final class AbsentOwners {
  /** As upstream: enough for the owners that go at about the same time. */
  private static final int MAX = 500;

  private final Map<Identity, Boolean> owners =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Boolean> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(Identity owner) {
    owners.put(owner, true);
  }

  synchronized boolean contains(Identity owner) {
    return owners.get(owner) != null;
  }
}
