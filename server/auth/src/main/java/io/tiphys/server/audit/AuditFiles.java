package io.tiphys.server.audit;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The full files of an audit log, beside it under lumberjack's names: {@code
 * audit-2026-01-02T03-04-05.678.log}.
 */
final class AuditFiles {
  private static final Logger LOG = System.getLogger(AuditFiles.class.getName());
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS");

  private final AuditFile.Config config;
  private final Disk disk;
  private final Clock clock;
  private final String before;
  private final String behind;

  AuditFiles(AuditFile.Config config, Disk disk, Clock clock) {
    this.config = config;
    this.disk = disk;
    this.clock = clock;
    String name = String.valueOf(config.path().getFileName());
    int dot = name.lastIndexOf('.');
    before = (dot < 0 ? name : name.substring(0, dot)) + "-";
    behind = dot < 0 ? "" : name.substring(dot);
  }

  /** A full file. */
  private record Backup(Path path, LocalDateTime from) {}

  /** Gives the file the name of this moment; a moment later if there is such a file already. */
  void putAside() throws IOException {
    LocalDateTime stamp = LocalDateTime.ofInstant(clock.now(), ZoneOffset.UTC);
    Path name = named(stamp);
    while (disk.exists(name)) {
      stamp = stamp.plus(Duration.ofMillis(1));
      name = named(stamp);
    }
    disk.rename(config.path(), name);
  }

  private Path named(LocalDateTime stamp) {
    return config.path().resolveSibling(before + STAMP.format(stamp) + behind);
  }

  /** Deletes what is too much or too old; what cannot be deleted is tried again next time. */
  void removeOld() {
    try {
      List<Backup> backups = backups();
      for (int i = 0; i < backups.size(); i++) {
        Backup backup = backups.get(i);
        boolean tooMany = config.maxBackups() > 0 && i >= config.maxBackups();
        if (tooMany || isTooOld(backup)) {
          disk.deleteIfExists(backup.path());
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "old audit files stay: {0}", e.getMessage());
    }
  }

  private boolean isTooOld(Backup backup) {
    if (config.maxAgeDays() == 0) {
      return false;
    }
    Instant oldest = clock.now().minus(Duration.ofDays(config.maxAgeDays()));
    return backup.from().toInstant(ZoneOffset.UTC).isBefore(oldest);
  }

  /** The youngest first. */
  private List<Backup> backups() throws IOException {
    Path folder = config.path().toAbsolutePath().getParent();
    List<Backup> backups = new ArrayList<>();
    for (Path path : folder == null ? List.<Path>of() : disk.list(folder)) {
      String name = String.valueOf(path.getFileName());
      int length = name.length() - before.length() - behind.length();
      if (length > 0 && name.startsWith(before) && name.endsWith(behind)) {
        try {
          String stamp = name.substring(before.length(), before.length() + length);
          backups.add(new Backup(path, LocalDateTime.parse(stamp, STAMP)));
        } catch (DateTimeParseException someOtherFile) {
          // Not ours to delete.
        }
      }
    }
    backups.sort(Comparator.comparing(Backup::from).reversed());
    return backups;
  }
}
