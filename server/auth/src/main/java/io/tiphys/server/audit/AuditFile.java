package io.tiphys.server.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Audit events in a file that only its owner reads, one a line; written when {@link #record}
 * returns. A full file is kept under another name, see {@link AuditFiles}. Checked against
 * plugin/pkg/audit/log of apiserver and lumberjack, which rotates upstream's.
 */
public final class AuditFile implements AuditLog {
  private static final Logger LOG = System.getLogger(AuditFile.class.getName());
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Config config;
  private final Disk disk;
  private final AuditFiles files;
  private final LongAdder dropped = new LongAdder();
  private final ReentrantLock writing = new ReentrantLock();
  private @Nullable OutputStream file;
  private long written;
  private boolean torn;

  /**
   * Where to write and how much to keep.
   *
   * @param maxBytes of one file; 0 for no end
   * @param maxAgeDays after which full files are deleted; 0 for never
   * @param maxBackups full files that are kept; 0 for all
   * @param legacy lines of text in place of JSON
   */
  public record Config(Path path, long maxBytes, int maxAgeDays, int maxBackups, boolean legacy) {}

  private AuditFile(Config config, Disk disk, Clock clock) {
    this.config = config;
    this.disk = disk;
    this.files = new AuditFiles(config, disk, clock);
  }

  /**
   * Opens the file, which is made if it is not there, as is its folder.
   *
   * @throws IOException if it cannot be written
   */
  public static AuditFile open(Config config, Disk disk, Clock clock) throws IOException {
    AuditFile log = new AuditFile(config, disk, clock);
    Path folder = config.path().toAbsolutePath().getParent();
    if (folder != null) {
      disk.createDirectories(folder);
    }
    log.writing.lock();
    try {
      log.opened();
    } finally {
      log.writing.unlock();
    }
    return log;
  }

  private OutputStream opened() throws IOException {
    OutputStream open = file;
    if (open == null) {
      open = disk.append(config.path(), OWNER_ONLY);
      file = open;
      written = disk.size(config.path());
    }
    return open;
  }

  /** How many events were lost. */
  public long dropped() {
    return dropped.sum();
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public boolean record(List<AuditEvent> events) {
    boolean whole = true;
    for (AuditEvent event : events) {
      whole &= write(line(event));
    }
    return whole;
  }

  private byte[] line(AuditEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(config.legacy() ? EventLine.of(event).getBytes(UTF_8) : EventJson.of(event));
    line.write('\n');
    return line.toByteArray();
  }

  /** An interrupt is meant for the request, not for its event: it must not close the file. */
  private boolean write(byte[] line) {
    boolean interrupted = Thread.interrupted();
    writing.lock();
    try {
      return written(line);
    } finally {
      writing.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean written(byte[] line) {
    try {
      if (config.maxBytes() > 0 && line.length > config.maxBytes()) {
        throw new IOException(
            "write length %d exceeds maximum file size %d"
                .formatted(line.length, config.maxBytes()));
      }
      if (config.maxBytes() > 0 && opened() != null && written + line.length > config.maxBytes()) {
        rotate();
      }
      append(opened(), line);
      return true;
    } catch (IOException e) {
      dropped.increment();
      LOG.log(Level.ERROR, "an audit event is lost: {0}: {1}", config.path(), e.getMessage());
      letGo();
      return false;
    }
  }

  /** The next event opens the file again: it may be closed, by an interrupt in mid-write too. */
  private void letGo() {
    OutputStream open = file;
    file = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the audit file does not close: {0}", e.getMessage());
    }
  }

  /** What follows a line that broke off begins a line of its own. */
  private void append(OutputStream to, byte[] line) throws IOException {
    if (torn) {
      to.write('\n');
      written++;
    }
    torn = true;
    to.write(line);
    to.flush();
    torn = false;
    written += line.length;
  }

  private void rotate() throws IOException {
    OutputStream full = file;
    file = null;
    if (full != null) {
      full.close();
    }
    torn = false;
    files.putAside();
    opened();
    files.removeOld();
  }

  @Override
  public void close() {
    writing.lock();
    try {
      OutputStream open = file;
      file = null;
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the end of the audit log is lost: " + e.getMessage(), e);
    } finally {
      writing.unlock();
    }
  }
}
