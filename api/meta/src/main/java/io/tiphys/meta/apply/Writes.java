package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The algebra of writes: what an update takes from the other managers, what an applied
 * configuration changes, conflicts with and leaves behind.
 *
 * <p>Checked against structured-merge-diff/merge/update.go and stripmeta.go in
 * apimachinery/pkg/util/managedfields/internal.
 *
 * @param apiVersion of the objects that come in
 */
record Writes(String apiVersion, Typed.Versions versions, FieldFilter resetFields) {

  /** What belongs to the system and is never owned. */
  private static final FieldSet NEVER_OWNED = neverOwned();

  private static FieldSet neverOwned() {
    FieldSet fields =
        FieldSet.ofFields("apiVersion")
            .union(FieldSet.ofFields("kind"))
            .union(FieldSet.ofFields("metadata"));
    for (String name :
        List.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion")) {
      fields = fields.union(FieldSet.ofFields("metadata", name));
    }
    return fields;
  }

  /**
   * Takes from all managers what the update changed or removed.
   *
   * @return what its writer owns now on top of what it owned before
   */
  FieldSet update(Typed live, Typed updated, Owners owners) {
    reconcile(live, owners);
    Comparison change =
        Comparison.of(live.value(), updated.value(), live.schema()).filtered(resetFields);
    if (change.isEmpty()) {
      return FieldSet.EMPTY;
    }
    Change changes = new Change(live, updated, change);
    for (ManagerId manager : owners.managers()) {
      takeChanged(owners, manager, changes);
    }
    return resetFields.apply(change.modified().union(change.added())).difference(NEVER_OWNED);
  }

  /** The same change in all the versions in which managers own fields. */
  private final class Change {
    private final Typed before;
    private final Typed after;
    private final Map<String, Comparison> byVersion = new HashMap<>();

    Change(Typed before, Typed after, Comparison change) {
      this.before = before;
      this.after = after;
      byVersion.put(apiVersion, change);
    }

    /** Null if the version is served no more. */
    @Nullable Comparison in(String version) {
      Comparison known = byVersion.get(version);
      if (known != null) {
        return known;
      }
      Typed old = inVersion(before, version);
      Typed now = inVersion(after, version);
      if (old == null || now == null) {
        return null;
      }
      Comparison change =
          Comparison.of(old.value(), now.value(), old.schema()).filtered(resetFields);
      byVersion.put(version, change);
      return change;
    }
  }

  /** Takes from a manager what was changed or removed; nothing is left to one of a lost version. */
  private void takeChanged(Owners owners, ManagerId manager, Change changes) {
    Owners.Share share = owners.get(manager);
    Comparison change = share == null ? null : changes.in(share.apiVersion());
    if (change == null) {
      owners.remove(manager);
      return;
    }
    owners.change(
        manager,
        fields ->
            fields
                .difference(change.modified())
                .difference(change.added())
                .difference(change.removed()));
  }

  /** Sets written when a value was granular shrink to the value, if it is atomic now. */
  private void reconcile(Typed live, Owners owners) {
    for (ManagerId manager : owners.managers()) {
      Owners.Share share = owners.get(manager);
      Typed versioned = share == null ? null : inVersion(live, share.apiVersion());
      if (share == null || versioned == null) {
        owners.remove(manager);
      } else {
        owners.put(manager, share.with(share.fields().reconciled(versioned.schema())));
      }
    }
  }

  /** Null if the version is served no more. */
  private @Nullable Typed inVersion(Typed object, String version) {
    String own =
        object.value().get("apiVersion") instanceof Json.Str(String text) ? text : apiVersion;
    return version.equals(own) ? object : versions.convert(object, version);
  }

  /**
   * The outcome of a merge.
   *
   * @param conflicts by owner; if there are any, the rest means nothing
   */
  record Merged(Typed object, Owners owners, Map<ManagerId, FieldSet> conflicts) {}

  /** Merges a configuration into the live object. */
  Merged apply(Typed live, Typed configuration, Owners owners, ManagerId applier, boolean force) {
    reconcile(live, owners);
    Json merged = TypedMerge.merge(live.value(), configuration.value(), live.schema());
    Typed object =
        new Typed(merged instanceof Json.Obj result ? result : Json.Obj.EMPTY, live.schema());
    Owners.Share last = owners.get(applier);
    FieldSet applied = resetFields.apply(configuration.fields());
    owners.put(applier, new Owners.Share(applied, apiVersion, last == null ? null : last.time()));
    if (last != null && !last.fields().isEmpty()) {
      object = pruned(object, owners, last);
    }
    Map<ManagerId, FieldSet> conflicts = conflicts(live, object, owners, applier, force);
    owners.change(applier, fields -> fields.difference(NEVER_OWNED));
    return new Merged(object, owners, conflicts);
  }

  private Map<ManagerId, FieldSet> conflicts(
      Typed live, Typed merged, Owners owners, ManagerId applier, boolean force) {
    Comparison change =
        Comparison.of(live.value(), merged.value(), live.schema()).filtered(resetFields);
    Change changes = new Change(live, merged, change);
    Map<ManagerId, FieldSet> conflicts = new TreeMap<>();
    for (ManagerId manager : owners.managers()) {
      if (manager.equals(applier)) {
        continue;
      }
      Owners.Share share = owners.get(manager);
      Comparison theirs = share == null ? null : changes.in(share.apiVersion());
      if (share != null && theirs != null && !force) {
        FieldSet fields = share.fields().intersection(theirs.modified().union(theirs.added()));
        if (!fields.isEmpty()) {
          conflicts.put(manager, fields);
        }
      }
      takeChanged(owners, manager, changes);
    }
    return conflicts;
  }

  /** Takes out what the applier no longer applies, unless another manager owns it. */
  private Typed pruned(Typed merged, Owners owners, Owners.Share last) {
    Typed whole = inVersion(merged, last.apiVersion());
    if (whole == null) {
      return merged;
    }
    FieldSet lastFields = last.fields().withNamedFields(whole.schema());
    Typed rest = whole.without(lastFields);
    rest = withOwned(whole, rest, owners, last.apiVersion());
    // Keep what was not applied before either: it belongs to nobody and stays.
    Typed back = inVersion(rest, last.apiVersion());
    if (back == null) {
      return merged;
    }
    FieldSet kept = back.fields().withNamedFields(whole.schema());
    FieldSet all = whole.fields().withNamedFields(whole.schema());
    Typed result = whole.without(all.difference(kept).intersection(lastFields));
    Typed converted = inVersion(result, apiVersion);
    return converted == null ? merged : converted;
  }

  /** Puts back what somebody owns, version by version. */
  private Typed withOwned(Typed whole, Typed pruned, Owners owners, String first) {
    Map<String, FieldSet> ownedByVersion = new TreeMap<>();
    for (Owners.Share share : owners.shares()) {
      ownedByVersion.merge(share.apiVersion(), share.fields(), FieldSet::union);
    }
    Typed rest = pruned;
    FieldSet owned = ownedByVersion.remove(first);
    if (owned != null) {
      rest = withOwned(whole, rest, owned);
    }
    for (var entry : ownedByVersion.entrySet()) {
      Typed all = inVersion(whole, entry.getKey());
      Typed some = inVersion(rest, entry.getKey());
      if (all != null && some != null) {
        rest = withOwned(all, some, entry.getValue());
      }
    }
    return rest;
  }

  private static Typed withOwned(Typed whole, Typed pruned, FieldSet owned) {
    FieldSet all = whole.fields().withNamedFields(whole.schema());
    FieldSet kept =
        pruned
            .fields()
            .withNamedFields(whole.schema())
            .union(owned.withNamedFields(whole.schema()));
    return whole.without(all.difference(kept));
  }
}
