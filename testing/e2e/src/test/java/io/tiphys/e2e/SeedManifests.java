package io.tiphys.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The seed's manifests, cut to the size of a test machine: only resources, pull policy and storage
 * size are changed; the images keep their names and are stand-ins, see {@link StandInImages}.
 */
final class SeedManifests {
  private SeedManifests() {}

  static String cassandra() {
    return read("cassandra.yaml")
        .replace("cpu: \"4\"", "cpu: 50m")
        .replace("memory: 11Gi", "memory: 64Mi")
        .replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent")
        .replace("storage: 380Gi", "storage: 1Mi");
  }

  static String petRaceJob() {
    return read("pet-race-job.yaml").replace("cpu: \"2\"", "cpu: 50m");
  }

  private static String read(String name) {
    try (InputStream in = SeedManifests.class.getResourceAsStream("/seed/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource /seed/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
