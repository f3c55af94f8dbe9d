package io.tiphys.server.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** No event is empty. */
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final LongAdder dropped = new LongAdder();
  private final OutputStream file;
  private final Thread writer;
  private volatile boolean closed;

  private AuditFile(OutputStream file) {
    this.file = file;
    this.writer = Thread.ofVirtual().name("audit").start(this::run);
  }

  public static AuditFile open(Path path) {
    try {
      return new AuditFile(
          Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
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

  private void run() {
    try (file) {
      List<byte[]> batch = new ArrayList<>();
      while (true) {
        batch.clear();
        batch.add(waiting.take());
        waiting.drainTo(batch);
        for (byte[] event : batch) {
          if (event.length == 0) {
            return;
          }
          file.write(event);
          file.write('\n');
        }
        file.flush();
      }
    } catch (IOException e) {
      closed = true;
      LOG.log(Level.ERROR, "the audit log ends here: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      waiting.put(END);
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
