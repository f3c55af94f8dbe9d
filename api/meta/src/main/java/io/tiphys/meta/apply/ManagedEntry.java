package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code metadata.managedFields}: the fields that one manager owns.
 *
 * <p>Checked against apimachinery/pkg/util/managedfields/internal/managedfields.go.
 *
 * @param apiVersion the version in which the fields are named
 * @param subresource empty for the object itself
 */
public record ManagedEntry(
    String manager,
    Operation operation,
    String apiVersion,
    @Nullable Instant time,
    String subresource,
    FieldSet fields) {

  /** Upstream's order: appliers first, then by time, then by name. */
  static final Comparator<ManagedEntry> ORDER =
      Comparator.comparing(ManagedEntry::operation)
          .thenComparingLong(ManagedEntry::seconds)
          .thenComparing(ManagedEntry::manager)
          .thenComparing(ManagedEntry::apiVersion)
          .thenComparing(ManagedEntry::subresource);

  long seconds() {
    return time == null ? 0 : time.getEpochSecond();
  }

  /** The entry as it stands in an object. */
  public Json.Obj toJson() {
    Json.Obj.Builder json = Json.Obj.builder();
    if (!manager.isEmpty()) {
      json.put("manager", manager);
    }
    json.put("operation", operation.text()).put("apiVersion", apiVersion);
    if (time != null) {
      json.put("time", time.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    json.put("fieldsType", "FieldsV1").put("fieldsV1", fields.toJson());
    if (!subresource.isEmpty()) {
      json.put("subresource", subresource);
    }
    return json.build();
  }

  /** The entries as the value of {@code managedFields}. */
  public static Json.Arr toJson(List<ManagedEntry> entries) {
    return new Json.Arr(entries.stream().<Json>map(ManagedEntry::toJson).toList());
  }

  /**
   * Reads the value of {@code managedFields}.
   *
   * @throws IllegalArgumentException in upstream's words, if an entry is malformed
   */
  public static List<ManagedEntry> listOf(@Nullable Json managedFields) {
    if (!(managedFields instanceof Json.Arr(var elements))) {
      return List.of();
    }
    List<ManagedEntry> entries = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      entries.add(of(elements.get(i), i));
    }
    return entries;
  }

  private static ManagedEntry of(Json json, int index) {
    Json.Obj entry = json instanceof Json.Obj object ? object : Json.Obj.EMPTY;
    Operation operation =
        switch (text(entry, "operation")) {
          case "Apply" -> Operation.APPLY;
          case "Update" -> Operation.UPDATE;
          default -> throw new IllegalArgumentException("operation must be `Apply` or `Update`");
        };
    String apiVersion = text(entry, "apiVersion");
    if (apiVersion.isEmpty()) {
      throw new IllegalArgumentException("apiVersion must not be empty");
    }
    switch (text(entry, "fieldsType")) {
      case "FieldsV1" -> {}
      case "" ->
          throw new IllegalArgumentException("missing fieldsType in managed fields entry " + index);
      case String other ->
          throw new IllegalArgumentException(
              "invalid fieldsType %s in managed fields entry %d"
                  .formatted(GoText.quote(other), index));
    }
    Json fields = entry.get("fieldsV1");
    return new ManagedEntry(
        text(entry, "manager"),
        operation,
        apiVersion,
        time(text(entry, "time")),
        text(entry, "subresource"),
        fields == null ? FieldSet.EMPTY : FieldSet.ofJson(fields));
  }

  private static String text(Json.Obj entry, String name) {
    return entry.get(name) instanceof Json.Str(String text) ? text : "";
  }

  private static @Nullable Instant time(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("malformed time " + GoText.quote(text), e);
    }
  }

  ManagedEntry withTime(@Nullable Instant changed) {
    return new ManagedEntry(manager, operation, apiVersion, changed, subresource, fields);
  }
}
