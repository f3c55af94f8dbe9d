package io.tiphys.build.types;

import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.proto.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Remembers in a file what the output was made from: size and time of the generator with its tables
 * and of the client's jars.
 */
final class Stamp {
  private final Path file;
  private final String now;

  Stamp(Path file) throws IOException {
    this.file = file;
    StringBuilder all = new StringBuilder();
    for (Class<?> origin : List.of(Stamp.class, V1Pod.class, Meta.class)) {
      try (Stream<Path> files = Files.walk(ModelReader.jarOf(origin))) {
        for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
          all.append(each).append(' ').append(Files.size(each)).append(' ');
          all.append(Files.getLastModifiedTime(each)).append('\n');
        }
      }
    }
    now = all.toString();
  }

  boolean isCurrent() throws IOException {
    return Files.exists(file) && Files.readString(file).equals(now);
  }

  void set() throws IOException {
    Files.writeString(file, now);
  }
}
