package io.tiphys.server.audit;

import io.tiphys.base.Loops;
import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/** Audit events in a file, one JSON object a line. A slow disk loses events, never time. */
public final class AuditFile implements AuditLog {
  private static final Logger LOG = System.getLogger(AuditFile.class.getName());

  /** A second of the busiest server. */
  private static final int MAX_WAITING = 20_000;

  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final LongAdder dropped = new LongAdder();
  private final OutputStream file;
  private final Loops.Loop writer;
  private boolean torn;
  private volatile boolean closed;

  private AuditFile(OutputStream file, Loops loops) {
    this.file = file;
    this.writer = loops.start("audit", this::run);
  }

  public static AuditFile open(Path path, Disk disk, Loops loops) {
    try {
      return new AuditFile(disk.append(path), loops);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void record(byte[] event) {
    if (closed || !waiting.offer(event)) {
      dropped.increment();
    }
  }

  /** How many events were lost to a slow disk. */
  public long dropped() {
    return dropped.sum();
  }

  private void run() throws InterruptedException, IOException {
    while (true) {
      List<byte[]> batch = new ArrayList<>();
      batch.add(waiting.take());
      waiting.drainTo(batch);
      write(batch);
    }
  }

  /** What the disk does not take is lost, and counted. */
  private void write(List<byte[]> batch) throws IOException {
    int written = 0;
    try {
      for (byte[] event : batch) {
        if (torn) {
          file.write('\n');
        }
        torn = true;
        file.write(event);
        file.write('\n');
        torn = false;
        written++;
      }
      file.flush();
    } finally {
      dropped.add(batch.size() - (long) written);
    }
  }

  /** Writes what waits, then ends. */
  @Override
  public void close() {
    closed = true;
    writer.close();
    List<byte[]> rest = new ArrayList<>();
    waiting.drainTo(rest);
    try (file) {
      write(rest);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the end of the audit log is lost: " + e.getMessage(), e);
    }
  }
}
