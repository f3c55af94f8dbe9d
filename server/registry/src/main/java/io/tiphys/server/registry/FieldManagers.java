package io.tiphys.server.registry;

import io.tiphys.api.ObjectType;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.meta.apply.FieldManager;
import io.tiphys.meta.apply.Typed;
import io.tiphys.rules.UpdateRules;
import io.tiphys.server.kinds.ServedKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The field managers of one kind: one for the object, one for each part of it. Thread-safe. */
final class FieldManagers {
  private final ServedKind<?> kind;
  private final Typed.Versions versions;
  private final Map<String, FieldManager> bySubresource = new ConcurrentHashMap<>(2);

  FieldManagers(ServedKind<?> kind, Typed.Versions versions) {
    this.kind = kind;
    this.versions = versions;
  }

  /**
   * @param subresource empty for the object itself
   */
  FieldManager of(String subresource) {
    FieldManager known = bySubresource.get(subresource);
    return known == null ? bySubresource.computeIfAbsent(subresource, this::make) : known;
  }

  private FieldManager make(String subresource) {
    ObjectType<?> type = kind.resource().type();
    return new FieldManager(
        new FieldManager.Endpoint(
            type.gvk(),
            type.schema(),
            ManagedFields.empty(type),
            versions,
            owned(subresource),
            subresource));
  }

  private FieldFilter owned(String subresource) {
    UpdateRules<?> rules =
        subresource.isEmpty() ? kind.rules() : kind.rules().subresources().get(subresource);
    return rules == null ? FieldFilter.NONE : rules.resetFields();
  }
}
