package io.tiphys.server.audit;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A log whose events wait and are handed on in batches, so that it delays no request: upstream's
 * mode "batch". What finds no room is lost, and counted. Checked against plugin/pkg/audit/buffered
 * of apiserver.
 */
final class BatchedAudit implements AuditLog {
  /**
   * Bytes that wait, for levels that tell whole objects: some seconds of a busy server's, and no
   * danger to its memory.
   */
  private static final long MAX_WAITING_BYTES = 64L * 1024 * 1024;

  /**
   * Batches on their way at once: at ten a second, what is sent while another machine takes six
   * seconds for each. The next one waits, and events with it.
   */
  private static final int MAX_UNDER_WAY = 64;

  private final Config config;
  private final AuditLog log;
  private final Clock clock;
  private final Loops loops;
  private final Loops.Loop collector;
  private final ArrayDeque<AuditEvent> waiting = new ArrayDeque<>();
  private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
  private final LongAdder dropped = new LongAdder();
  private final Pace pace;
  private long waitingBytes;
  private boolean due;
  private boolean closed;

  /**
   * How events gather.
   *
   * @param bufferSize events that may wait
   * @param maxBatchSize events handed on at once
   * @param maxWait after which fewer are handed on
   * @param pace batches a second at most; null for as many as there are
   * @param aside whether the next batch gathers while one is handed on
   */
  record Config(
      int bufferSize, int maxBatchSize, Duration maxWait, @Nullable Throttle pace, boolean aside) {}

  /** A bucket of {@code burst} that is filled with {@code perSecond}. */
  record Throttle(double perSecond, int burst) {}

  private BatchedAudit(Config config, AuditLog log, Clock clock, Loops loops) {
    this.config = config;
    this.log = log;
    this.clock = clock;
    this.loops = loops;
    this.pace = new Pace(config.pace(), clock);
    this.collector = loops.start("audit", this::collect);
  }

  static BatchedAudit open(Config config, AuditLog log, Clock clock, Loops loops) {
    return new BatchedAudit(config, log, clock, loops);
  }

  /** How many events were lost. */
  long dropped() {
    return dropped.sum();
  }

  @Override
  public synchronized boolean record(List<AuditEvent> events) {
    for (AuditEvent event : events) {
      boolean room =
          waiting.size() < config.bufferSize()
              && (waiting.isEmpty() || waitingBytes + event.size() <= MAX_WAITING_BYTES);
      if (closed || !room) {
        dropped.increment();
      } else {
        waiting.add(event);
        waitingBytes += event.size();
        if (waiting.size() == 1 || waiting.size() >= config.maxBatchSize()) {
          notifyAll();
        }
      }
    }
    return true;
  }

  private void collect() throws InterruptedException {
    while (true) {
      List<AuditEvent> batch = next();
      if (batch.isEmpty()) {
        return;
      }
      pace.await();
      handOn(batch);
    }
  }

  /** The next batch; empty at the end. */
  private synchronized List<AuditEvent> next() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    due = false;
    Clock.Timer timer = clock.schedule(config.maxWait(), this::itIsTime);
    while (waiting.size() < config.maxBatchSize() && !due && !closed) {
      wait();
    }
    timer.cancel();
    return taken();
  }

  private synchronized void itIsTime() {
    due = true;
    notifyAll();
  }

  private synchronized List<AuditEvent> taken() {
    List<AuditEvent> batch = new ArrayList<>();
    while (batch.size() < config.maxBatchSize() && !waiting.isEmpty()) {
      AuditEvent event = waiting.remove();
      waitingBytes -= event.size();
      batch.add(event);
    }
    return batch;
  }

  private void handOn(List<AuditEvent> batch) throws InterruptedException {
    if (!config.aside()) {
      send(batch);
      return;
    }
    underWay.acquire();
    loops.task(
        "audit batch",
        () -> {
          try {
            send(batch);
          } finally {
            underWay.release();
          }
        });
  }

  private void send(List<AuditEvent> batch) {
    if (!log.record(batch)) {
      dropped.add(batch.size());
    }
  }

  /** Hands on what waits, then ends. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    collector.close();
    for (List<AuditEvent> rest = taken(); !rest.isEmpty(); rest = taken()) {
      send(rest);
    }
    underWay.acquireUninterruptibly(MAX_UNDER_WAY);
    log.close();
  }
}
