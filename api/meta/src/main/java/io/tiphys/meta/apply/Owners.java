package io.tiphys.meta.apply;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Who owns what, while a write is worked out. Not thread-safe. */
final class Owners {

  /**
   * What one manager owns.
   *
   * @param time when it last wrote; null if unknown
   */
  record Share(FieldSet fields, String apiVersion, @Nullable Instant time) {
    Share with(FieldSet changed) {
      return new Share(changed, apiVersion, time);
    }

    Share at(Instant now) {
      return new Share(fields, apiVersion, now);
    }
  }

  private final Map<ManagerId, Share> shares = new TreeMap<>();

  static Owners of(List<ManagedEntry> entries) {
    Owners owners = new Owners();
    for (ManagedEntry entry : entries) {
      owners.put(ManagerId.of(entry), new Share(entry.fields(), entry.apiVersion(), entry.time()));
    }
    return owners;
  }

  /** Another one that can be changed apart. */
  Owners copy() {
    Owners copy = new Owners();
    copy.shares.putAll(shares);
    return copy;
  }

  boolean isEmpty() {
    return shares.isEmpty();
  }

  List<ManagerId> managers() {
    return List.copyOf(shares.keySet());
  }

  Iterable<Share> shares() {
    return shares.values();
  }

  @Nullable Share get(ManagerId manager) {
    return shares.get(manager);
  }

  void put(ManagerId manager, Share share) {
    shares.put(manager, share);
  }

  void remove(ManagerId manager) {
    shares.remove(manager);
  }

  /** Changes the fields of a manager; one that has none left is forgotten. */
  void change(ManagerId manager, UnaryOperator<FieldSet> change) {
    shares.computeIfPresent(
        manager,
        (_, share) -> {
          FieldSet fields = change.apply(share.fields);
          return fields.isEmpty() ? null : share.with(fields);
        });
  }

  /**
   * Pools the oldest updaters under one name per version until there are no more than allowed.
   *
   * <p>Checked against capmanagers.go in apimachinery/pkg/util/managedfields/internal.
   */
  void capUpdaters(int most, String poolName) {
    List<ManagerId> updaters = new ArrayList<>();
    for (ManagerId manager : shares.keySet()) {
      if (manager.operation() == Operation.UPDATE) {
        updaters.add(manager);
      }
    }
    int excess = updaters.size() - most;
    if (excess <= 0) {
      return;
    }
    updaters.sort(
        (a, b) -> {
          int order = Long.compare(seconds(a), seconds(b));
          return order == 0 ? a.compareTo(b) : order;
        });
    Map<String, ManagerId> firstOfVersion = new TreeMap<>();
    for (ManagerId updater : updaters) {
      if (excess == 0) {
        return;
      }
      Share share = shares.get(updater);
      if (share == null) {
        continue;
      }
      ManagerId first = firstOfVersion.putIfAbsent(share.apiVersion, updater);
      if (first == null) {
        continue;
      }
      ManagerId pool = ManagerId.of(poolName, Operation.UPDATE, share.apiVersion, "");
      Share pooled = shares.get(pool);
      if (pooled == null) {
        pooled = shares.remove(first);
      }
      shares.remove(updater);
      FieldSet both = pooled == null ? share.fields : share.fields.union(pooled.fields);
      shares.put(pool, share.with(both));
      excess--;
    }
  }

  private long seconds(ManagerId manager) {
    Share share = shares.get(manager);
    return share == null || share.time == null ? 0 : share.time.getEpochSecond();
  }

  /** The entries in upstream's order. */
  List<ManagedEntry> entries() {
    List<ManagedEntry> entries = new ArrayList<>(shares.size());
    shares.forEach(
        (manager, share) ->
            entries.add(
                new ManagedEntry(
                    manager.manager(),
                    manager.operation(),
                    share.apiVersion,
                    share.time,
                    manager.subresource(),
                    share.fields)));
    entries.sort(ManagedEntry.ORDER);
    return List.copyOf(entries);
  }
}
