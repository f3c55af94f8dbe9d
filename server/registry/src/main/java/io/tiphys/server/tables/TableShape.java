package io.tiphys.server.tables;

import io.tiphys.codec.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The table of one kind.
 *
 * @param columns what the cells of a row mean, in order
 */
public record TableShape<T>(List<Column> columns, RowOf<T> row) {

  /**
   * A column as clients see it.
   *
   * @param type string, integer, boolean or date
   * @param format {@code name} for the column that names the object, otherwise empty
   * @param description what its cells are, as upstream says it
   * @param priority 0 for what is always shown, 1 for what {@code -o wide} adds
   */
  public record Column(String name, String type, String format, String description, int priority) {}

  /** Makes the cells of one object; {@code now} is what ages are counted from. */
  @FunctionalInterface
  public interface RowOf<T> {
    List<Json> cells(T object, Instant now);
  }

  /**
   * Columns from their names: {@code Age} is a string, {@code Desired:integer} has its type, a
   * leading {@code +} marks what only {@code -o wide} shows, {@code Name} names the object, and so
   * does {@code Attacher:string:name}.
   *
   * @param descriptions by a column's name
   */
  static <T> TableShape<T> of(String columns, UnaryOperator<String> descriptions, RowOf<T> row) {
    List<Column> parsed = new ArrayList<>();
    for (String column : columns.split("\\|")) {
      int priority = column.startsWith("+") ? 1 : 0;
      String[] nameAndType = column.substring(priority).split(":");
      String name = nameAndType[0];
      String type = nameAndType.length > 1 ? nameAndType[1] : "string";
      String format = name.equals("Name") ? "name" : nameAndType.length > 2 ? nameAndType[2] : "";
      parsed.add(new Column(name, type, format, descriptions.apply(name), priority));
    }
    return new TableShape<>(List.copyOf(parsed), row);
  }
}
