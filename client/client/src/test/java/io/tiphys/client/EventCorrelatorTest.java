package io.tiphys.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventCorrelatorTest {
  private final ManualClock clock = new ManualClock();
  private final EventCorrelator correlator = new EventCorrelator();

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
