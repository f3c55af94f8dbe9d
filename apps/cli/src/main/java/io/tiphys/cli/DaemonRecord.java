package io.tiphys.cli;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a cluster process leaves in its folder so that later commands find it.
 *
 * @param server empty until the cluster is ready
 * @param ephemeral nothing of the cluster is to outlive the process
 * @param startedMillis when the kernel says the process began; tells a living process from another
 *     that got the same pid
 */
public record DaemonRecord(long pid, long startedMillis, String server, boolean ephemeral) {

  public static DaemonRecord of(ProcessHandle process, String server, boolean ephemeral) {
    return new DaemonRecord(process.pid(), startedMillis(process), server, ephemeral);
  }

  /**
   * The record of the process that serves the profile, ready or not, or nothing.
   *
   * @throws CliException when a process serves it and its record is damaged
   */
  public static Optional<DaemonRecord> running(Profile profile) {
    if (!ProfileLock.isHeld(profile)) {
      return Optional.empty();
    }
    Optional<DaemonRecord> last = last(profile);
    if (last.isEmpty() && Files.exists(profile.daemonRecord())) {
      throw new CliException(
          "%s runs, but %s is damaged: end its process (kill %s) and start it again"
              .formatted(profile.name(), profile.daemonRecord(), ProfileLock.holder(profile)));
    }
    // A process that has just begun has not written its own record yet.
    return last.filter(record -> record.process().isPresent());
  }

  /** The record of the last process; one that was killed has left it. A damaged one is none. */
  static Optional<DaemonRecord> last(Profile profile) {
    return read(profile.daemonRecord());
  }

  /** Whether the cluster can be used. */
  boolean ready() {
    return !server.isEmpty();
  }

  /** The recorded process, if it is alive and the same one. */
  public Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startedMillis(process) == startedMillis);
  }

  public void write(Path file) throws IOException {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("pid", new Json.Int(pid));
    members.put("startedMillis", new Json.Int(startedMillis));
    members.put("server", new Json.Str(server));
    members.put("ephemeral", new Json.Bool(ephemeral));
    // It says what runs: after a power cut nothing does.
    AtomicFile.writeUnsynced(file, new Json.Obj(members).toBytes());
  }

  private static Optional<DaemonRecord> read(Path file) {
    try {
      return Json.parse(Files.readAllBytes(file)) instanceof Json.Obj record
              && record.get("pid") instanceof Json.Int(long pid)
              && record.get("startedMillis") instanceof Json.Int(long started)
              && record.get("server") instanceof Json.Str(String server)
              && record.get("ephemeral") instanceof Json.Bool(boolean ephemeral)
          ? Optional.of(new DaemonRecord(pid, started, server, ephemeral))
          : Optional.empty();
    } catch (NoSuchFileException | CodecException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new CliException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static long startedMillis(ProcessHandle process) {
    return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
  }
}
