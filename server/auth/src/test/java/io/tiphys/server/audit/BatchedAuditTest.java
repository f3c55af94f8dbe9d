package io.tiphys.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that wait for others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BatchedAuditTest {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final AuditEvent EVENT = Events.of("/a");

  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(1));

  /** Hands events on when it is let. */
  private record Slow(BlockingQueue<List<AuditEvent>> batches, Semaphore let) implements AuditLog {
    Slow() {
      this(new LinkedBlockingQueue<>(), new Semaphore(0));
    }

    @Override
    public boolean record(List<AuditEvent> events) {
      batches.add(events);
      let.acquireUninterruptibly();
      return true;
    }

    @Override
    public void close() {}
  }

  private AuditLog batched(AuditLog log, int buffer, int size, boolean aside) {
    return AuditMode.BATCH.of(
        log, new BatchedAudit.Config(buffer, size, WAIT, null, aside), clock, loops);
  }

  @Test
  void aFullBatchGoesAtOnceAndASmallerOneInTime() throws Exception {
    Slow slow = new Slow();
    slow.let().release(9);
    try (AuditLog log = batched(slow, 100, 3, false)) {
      log.record(List.of(EVENT, EVENT, EVENT));
      assertThat(slow.batches().take()).hasSize(3);

      log.record(List.of(EVENT));
      while (slow.batches().isEmpty()) {
        clock.advance(WAIT);
        Thread.onSpinWait();
      }
      assertThat(slow.batches().take()).hasSize(1);
    }
  }

  @Test
  void whatFindsNoRoomIsLostAndCounted() throws Exception {
    Slow slow = new Slow();
    BatchedAudit log = (BatchedAudit) batched(slow, 2, 1, false);
    log.record(List.of(EVENT));
    slow.batches().take();

    assertThat(log.record(List.of(EVENT, EVENT, EVENT))).isTrue();

    assertThat(log.dropped()).isEqualTo(1);
    slow.let().release(9);
    log.close();
    assertThat(slow.batches()).hasSize(2);
  }

  @Test
  void whatWaitsIsHandedOnAtTheEnd() {
    Slow slow = new Slow();
    slow.let().release(9);
    AuditLog log = batched(slow, 100, 10, true);
    log.record(List.of(EVENT, EVENT));
    log.close();

    assertThat(slow.batches().stream().mapToInt(List::size).sum()).isEqualTo(2);
  }

  @Test
  void largeEventsLoseTheirObjectsAndLargerOnesAreLeftOut() {
    Slow slow = new Slow();
    slow.let().release(9);
    AuditLog log = new TruncatedAudit(2000, 5000, slow);

    log.record(List.of(EVENT, Events.of("/" + "a".repeat(3000)), EVENT));

    assertThat(slow.batches())
        .hasSize(1)
        .first()
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(2);
  }
}
