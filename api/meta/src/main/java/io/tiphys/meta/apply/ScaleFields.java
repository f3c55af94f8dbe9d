package io.tiphys.meta.apply;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries the ownership of the number of replicas between an object and its scale.
 *
 * <p>Checked against apimachinery/pkg/util/managedfields/scalehandler.go.
 *
 * @param parentEntries the entries of the object
 * @param apiVersion the version in which the object is stored by this request
 * @param replicas where replicas are in each version of the object; an empty path where a custom
 *     resource has no scale
 */
public record ScaleFields(
    List<ManagedEntry> parentEntries, String apiVersion, Map<String, List<String>> replicas) {

  private static final String SCALE_VERSION = "autoscaling/v1";
  private static final List<String> SCALE_REPLICAS = List.of("spec", "replicas");

  public ScaleFields {
    parentEntries = List.copyOf(parentEntries);
    replicas = Map.copyOf(replicas);
  }

  /** The entries that the scale shows. */
  public List<ManagedEntry> toScale() {
    List<ManagedEntry> entries = new ArrayList<>();
    for (ManagedEntry entry : parentEntries) {
      List<String> path = replicas.get(entry.apiVersion());
      if (path != null && owns(entry, path)) {
        entries.add(with(entry, SCALE_VERSION, set(SCALE_REPLICAS)));
      }
    }
    return sorted(entries);
  }

  /** The entries of the object after the scale was written. */
  public List<ManagedEntry> toParent(List<ManagedEntry> scaleEntries) {
    Map<ManagerId, ManagedEntry> ofScale = new LinkedHashMap<>();
    for (ManagedEntry entry : scaleEntries) {
      ofScale.put(scaleId(entry, entry.apiVersion()), entry);
    }
    Map<ManagerId, Instant> times = new HashMap<>();
    List<ManagedEntry> entries = new ArrayList<>();
    for (ManagedEntry entry : parentEntries) {
      if (entry.time() != null) {
        times.put(scaleId(entry, entry.apiVersion()), entry.time());
      }
      List<String> path = replicas.get(entry.apiVersion());
      if (path == null) {
        continue;
      }
      boolean stolen =
          owns(entry, path) && ofScale.remove(scaleId(entry, entry.apiVersion())) == null;
      FieldSet left = stolen ? entry.fields().difference(set(path)) : entry.fields();
      if (!left.isEmpty()) {
        entries.add(with(entry, entry.apiVersion(), left));
      }
    }
    List<String> path = replicas.getOrDefault(apiVersion, List.of());
    ofScale.forEach(
        (id, entry) -> {
          if (owns(entry, SCALE_REPLICAS) && !path.isEmpty()) {
            // Upstream looks the time up among the object's managers, so that of an updater of the
            // scale is lost.
            ManagedEntry parent = with(entry, apiVersion, set(path));
            entries.add(parent.withTime(times.get(id)));
          }
        });
    return sorted(entries);
  }

  private static ManagerId scaleId(ManagedEntry entry, String version) {
    return ManagerId.of(entry.manager(), entry.operation(), version, entry.subresource());
  }

  private static boolean owns(ManagedEntry entry, List<String> path) {
    return !path.isEmpty() && entry.fields().contains(steps(path));
  }

  private static FieldSet set(List<String> path) {
    return FieldSet.of(steps(path));
  }

  private static List<PathElement> steps(List<String> path) {
    return path.stream().map(PathElement::field).toList();
  }

  private static ManagedEntry with(ManagedEntry entry, String version, FieldSet fields) {
    return new ManagedEntry(
        entry.manager(), entry.operation(), version, entry.time(), entry.subresource(), fields);
  }

  private static List<ManagedEntry> sorted(List<ManagedEntry> entries) {
    return entries.stream().sorted(ManagedEntry.ORDER).toList();
  }
}
