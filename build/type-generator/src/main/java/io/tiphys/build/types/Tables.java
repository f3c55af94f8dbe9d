package io.tiphys.build.types;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Our own tables, resources beside this class. A line that starts with # is a remark. */
final class Tables {
  private Tables() {}

  static List<String> lines(String name) {
    List<String> lines = linesIfAny(name);
    if (lines.isEmpty()) {
      throw new IllegalStateException("no table " + name);
    }
    return lines;
  }

  static List<String> linesIfAny(String name) {
    try (InputStream in = Tables.class.getResourceAsStream(name)) {
      if (in == null) {
        return List.of();
      }
      List<String> lines = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line);
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
