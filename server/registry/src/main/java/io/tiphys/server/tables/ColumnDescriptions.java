package io.tiphys.server.tables;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.UnaryOperator;

/**
 * What the columns of each table are, from a resource beside this class: by resource, and under
 * {@code *} what columns of that name are in most tables.
 */
record ColumnDescriptions(Json.Obj texts) {
  static ColumnDescriptions read() {
    try (InputStream in = ColumnDescriptions.class.getResourceAsStream("columns.json")) {
      if (in == null) {
        throw new IllegalStateException("the columns' descriptions are not on the class path");
      }
      return new ColumnDescriptions((Json.Obj) Json.parse(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From a column's name to its description in one table. */
  UnaryOperator<String> of(String resource) {
    return column -> {
      String own = text(resource, column);
      return own.isEmpty() ? text("*", column) : own;
    };
  }

  private String text(String resource, String column) {
    return texts.get(resource) instanceof Json.Obj columns
            && columns.get(column) instanceof Json.Str(String text)
        ? text
        : "";
  }
}
