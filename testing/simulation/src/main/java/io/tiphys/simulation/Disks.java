package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.time.Duration;
import java.util.List;

/** Whoever provides disks: one for each claim that waits, and he takes back what is released. */
final class Disks {
  private static final Duration ROUND = Duration.ofSeconds(15);

  private final Source source;
  private final SimulatedProcess process;
  private final Trace trace;
  private int number;

  Disks(Source source, SimulatedProcess process, Trace trace) {
    this.source = source;
    this.process = process;
    this.trace = trace;
  }

  void start() {
    process.start("disks", this::run);
  }

  private void run() {
    try {
      while (true) {
        process.sleep(ROUND);
        try {
          round();
        } catch (ApiFailure e) {
          trace.line("disks: " + e.getMessage());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() {
    List<PersistentVolume> volumes =
        source.list(CoreV1.PERSISTENTVOLUMES, "", ListOptions.ALL).items();
    List<PersistentVolumeClaim> claims =
        source.list(CoreV1.PERSISTENTVOLUMECLAIMS, "", ListOptions.ALL).items();
    long free = volumes.stream().filter(volume -> volume.spec().claimRef() == null).count();
    long waiting =
        claims.stream()
            .filter(claim -> claim.spec().volumeName().isEmpty())
            .filter(claim -> claim.metadata().deletionTimestamp() == null)
            .count();
    for (long i = free; i < waiting; i++) {
      source.create(CoreV1.PERSISTENTVOLUMES, Manifests.volume("disk-" + number++));
    }
    for (PersistentVolume volume : volumes) {
      if (volume.status().phase().equals("Released")) {
        source.delete(CoreV1.PERSISTENTVOLUMES, "", volume.name(), DeleteOptions.EMPTY);
      }
    }
  }
}
