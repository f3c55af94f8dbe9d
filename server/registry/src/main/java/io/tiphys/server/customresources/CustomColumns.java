package io.tiphys.server.customresources;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.apiextensions.v1.CustomResourceColumnDefinition;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.JsonPath;
import io.tiphys.rules.customresources.CustomObject;
import io.tiphys.server.tables.Cells;
import io.tiphys.server.tables.TableShape;
import io.tiphys.server.tables.TableShape.Column;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of a custom resource: its name and the columns of its definition, or its age. Checked
 * against apiextensions-apiserver/pkg/registry/customresource/tableconvertor.
 */
final class CustomColumns {
  private static final String NAME =
      "Name must be unique within a namespace. Is required when creating resources, although some"
          + " resources may allow a client to request the generation of an appropriate name"
          + " automatically. Name is primarily intended for creation idempotence and configuration"
          + " definition. Cannot be updated. More info:"
          + " https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

  private static final String AGE =
      "CreationTimestamp is a timestamp representing the server time when this object was created."
          + " It is not guaranteed to be set in happens-before order across separate operations."
          + " Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\n"
          + "Populated by the system. Read-only. Null for lists. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

  private CustomColumns() {}

  /** What one column shows. */
  private record Cell(String type, @Nullable JsonPath path) {}

  static TableShape<CustomObject> of(List<CustomResourceColumnDefinition> defined) {
    List<Column> columns = new ArrayList<>();
    List<Cell> cells = new ArrayList<>();
    columns.add(new Column("Name", "string", "name", NAME, 0));
    for (CustomResourceColumnDefinition column : shown(defined)) {
      String path = column.jsonPath();
      String description =
          column.description().isEmpty()
              ? "Custom resource definition column (in JSONPath format): " + path
              : column.description();
      columns.add(
          new Column(
              column.name(), column.type(), column.format(), description, column.priority()));
      cells.add(new Cell(column.type(), parsed(path)));
    }
    return new TableShape<>(
        List.copyOf(columns), (object, now) -> row(object, List.copyOf(cells), now));
  }

  /** Without columns of its own a resource shows its age; apiserver's helper does the same. */
  private static List<CustomResourceColumnDefinition> shown(
      List<CustomResourceColumnDefinition> defined) {
    return defined.isEmpty()
        ? List.of(
            CustomResourceColumnDefinition.builder()
                .name("Age")
                .type("date")
                .description(AGE)
                .jsonPath(".metadata.creationTimestamp")
                .build())
        : defined;
  }

  private static @Nullable JsonPath parsed(String path) {
    try {
      return JsonPath.parse(path);
    } catch (IllegalArgumentException _) {
      return null; // shown as nothing, as upstream shows what it cannot read
    }
  }

  private static List<Json> row(CustomObject object, List<Cell> cells, Instant now) {
    List<Json> row = new ArrayList<>(cells.size() + 1);
    row.add(Json.of(object.name()));
    Json.Obj tree = ObjectCodec.toTree(object);
    for (Cell cell : cells) {
      JsonPath path = cell.path();
      List<Json> found = path == null ? List.of() : path.find(tree);
      row.add(found.isEmpty() ? Json.Null.NULL : value(cell.type(), found.getFirst(), now));
    }
    return row;
  }

  private static Json value(String type, Json value, Instant now) {
    return switch (type) {
      case "integer" ->
          switch (value) {
            case Json.Int whole -> whole;
            case Json.Num(double number) -> Json.of((long) number);
            default -> Json.Null.NULL;
          };
      case "number" -> value instanceof Json.Int || value instanceof Json.Num ? value : NONE;
      case "boolean" -> value instanceof Json.Bool ? value : NONE;
      case "date" -> value instanceof Json.Str(String text) ? Json.of(since(text, now)) : NONE;
      default ->
          switch (value) {
            case Json.Str text -> text;
            case Json.Null _ -> NONE;
            case Json.Obj _, Json.Arr _ -> Json.of(value.text());
            default -> Json.of(GoText.value(value));
          };
    };
  }

  private static final Json NONE = Json.Null.NULL;

  private static String since(String text, Instant now) {
    try {
      return Cells.since(Instant.from(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text)), now);
    } catch (DateTimeException _) {
      return "<invalid>";
    }
  }
}
