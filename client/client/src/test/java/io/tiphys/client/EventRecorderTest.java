package io.tiphys.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.EventSource;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.fake.FakeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final EventCorrelator correlator = new EventCorrelator();

  @Test
  void writesEventsAndCountsThoseThatComeAgain() throws InterruptedException {
    FakeSource source = new FakeSource(clock);
    BlockingQueue<FakeSource.Action> writes = new LinkedBlockingQueue<>();
    source.onWrite(
        action -> {
          writes.add(action);
          return null;
        });
    Node node = Node.builder().metadata(ObjectMeta.builder().name("n").uid("u").build()).build();
    try (EventRecorder events =
        new EventRecorder(source, clock, new Random(1), loops, "kubelet", "host-1")) {
      events.normal(node, "Starting", "Starting kubelet.");
      writes.poll(30, TimeUnit.SECONDS);
      clock.advance(Duration.ofSeconds(3));
      events.normal(node, "Starting", "Starting kubelet.");
      writes.poll(30, TimeUnit.SECONDS);
      events.warning(node, "Broken", "x");
      writes.poll(30, TimeUnit.SECONDS);
    }
    assertThat(source.all(CoreV1.EVENTS))
        .extracting(Event::reason, Event::type_, Event::count, Event::namespace)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("Starting", "Normal", 2, "default"),
            org.assertj.core.groups.Tuple.tuple("Broken", "Warning", 1, "default"));
    Event first =
        source.all(CoreV1.EVENTS).stream().filter(e -> e.count() == 2).findFirst().orElseThrow();
    assertThat(first.source()).isEqualTo(new EventSource("kubelet", "host-1"));
    assertThat(first.reportingComponent()).isEqualTo("kubelet");
    assertThat(first.firstTimestamp()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(first.lastTimestamp()).isEqualTo("2026-01-01T00:00:03Z");
  }

  @Test
  void theTenthSimilarEventIsCombinedWithThoseThatFollow() {
    for (int i = 1; i <= 9; i++) {
      assertThat(required(correlate("message " + i)).count()).isEqualTo(1);
    }
    Event combined = required(correlate("message 10"));
    assertThat(combined.message()).isEqualTo("(combined from similar events): message 10");
    Event next = required(correlate("message 11"));
    assertThat(next.message()).isEqualTo("(combined from similar events): message 11");
    assertThat(next.count()).isEqualTo(2);
    assertThat(next.name()).isEqualTo(combined.name());
    assertThat(required(correlate("message 3")).count()).isEqualTo(2);

    clock.advance(Duration.ofMinutes(11));
    assertThat(required(correlate("message 12")).message()).isEqualTo("message 12");
  }

  @Test
  void aSourceMaySayOnlySoMuchAboutAnObject() {
    for (int i = 1; i <= 25; i++) {
      assertThat(correlate("again")).isNotNull();
    }
    assertThat(correlate("again")).isNull();
    clock.advance(Duration.ofSeconds(301));
    assertThat(required(correlate("again")).count()).isEqualTo(27);
    assertThat(correlate("again")).isNull();
  }

  private @Nullable Event correlate(String message) {
    Event event =
        Event.builder()
            .metadata(ObjectMeta.builder().name("p." + clock.nanoTime() + message).build())
            .involvedObject(ObjectReference.builder().kind("Pod").name("p").build())
            .reason("Failed")
            .message(message)
            .type_("Warning")
            .count(1)
            .firstTimestamp(clock.now())
            .lastTimestamp(clock.now())
            .build();
    return correlator.correlate(event, clock.now());
  }

  private static Event required(@Nullable Event event) {
    return Objects.requireNonNull(event);
  }
}
