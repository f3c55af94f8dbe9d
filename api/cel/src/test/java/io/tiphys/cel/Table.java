package io.tiphys.cel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Tables of expressions and what upstream makes of them, kept beside the tests. */
public final class Table {
  private Table() {}

  /** Lines of columns, with tabs between. */
  public static Stream<List<String>> lines(String name) {
    return text(name).lines().map(line -> List.of(line.split("\t", -1)));
  }

  /** Blocks with a line of equals signs between; their parts with a line of dashes between. */
  public static Stream<List<String>> blocks(String name) {
    return Stream.of(text(name).strip().split("\n====\n"))
        .map(each -> List.of(each.split("\n----\n")));
  }

  private static String text(String name) {
    try (InputStream in = Objects.requireNonNull(Table.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
