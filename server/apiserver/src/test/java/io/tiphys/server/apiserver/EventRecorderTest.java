package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.EventSource;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client's events as this server keeps them. */
class EventRecorderTest {
  private final ManualClock clock = new ManualClock();
  private final VirtualTime time = new VirtualTime(clock);
  private final Loops loops = new Loops(clock, new Random(9), VirtualTime.THREADS);
  private final TestApiServer server = TestApiServer.open(clock, loops);
  private final OtherComponents api = new OtherComponents(server);
  private final Source source = server.source(TestApiServer.ADMIN, "test");

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void writesEventsAndCountsThoseThatComeAgain() {
    Node node = Node.builder().metadata(ObjectMeta.builder().name("n").uid("u").build()).build();
    try (EventRecorder events =
        new EventRecorder(source, clock, new Random(1), loops, "kubelet", "host-1")) {
      events.normal(node, "Starting", "Starting kubelet.");
      time.settle();
      clock.advance(Duration.ofSeconds(3));
      events.normal(node, "Starting", "Starting kubelet.");
      time.settle();
      events.warning(node, "Broken", "x");
      time.settle();
    }
    assertThat(api.all(CoreV1.EVENTS))
        .extracting(Event::reason, Event::type_, Event::count, Event::namespace)
        .containsExactlyInAnyOrder(
            tuple("Starting", "Normal", 2, "default"), tuple("Broken", "Warning", 1, "default"));
    Event first =
        api.all(CoreV1.EVENTS).stream().filter(e -> e.count() == 2).findFirst().orElseThrow();
    assertThat(first.source()).isEqualTo(new EventSource("kubelet", "host-1"));
    assertThat(first.reportingComponent()).isEqualTo("kubelet");
    assertThat(first.firstTimestamp()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(first.lastTimestamp()).isEqualTo("2026-01-01T00:00:03Z");
  }
}
