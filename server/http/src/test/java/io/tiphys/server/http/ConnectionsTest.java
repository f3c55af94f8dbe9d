package io.tiphys.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.tiphys.base.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private final ManualClock clock = new ManualClock();
  private final Connections connections = new Connections(clock, 2);
  private final EmbeddedChannel first = new EmbeddedChannel();
  private final EmbeddedChannel second = new EmbeddedChannel();
  private final EmbeddedChannel third = new EmbeddedChannel();

  private Connections.Connection admit(EmbeddedChannel channel) {
    clock.advance(Duration.ofSeconds(1));
    return connections.admit(channel);
  }

  @Test
  void idleConnectionsGiveWayToNewOnes() {
    admit(first).began();
    admit(second);
    admit(third);

    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isFalse();
    assertThat(third.isOpen()).isTrue();
    assertThat(connections.size()).isEqualTo(2);
  }

  @Test
  void whenNoneIsIdleTheNewcomerGoes() {
    admit(first).began();
    admit(second).began();
    admit(third);

    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isTrue();
    assertThat(third.isOpen()).isFalse();
    assertThat(connections.size()).isEqualTo(2);
  }

  @Test
  void aConnectionIsIdleFromItsLastAnswerOn() {
    Connections.Connection busy = admit(first);
    busy.began();
    clock.advance(Limits.IDLE.multipliedBy(3));
    assertThat(first.isOpen()).isTrue();

    busy.ended(clock.nanoTime());
    clock.advance(Limits.IDLE);
    assertThat(first.isOpen()).isTrue();
    clock.advance(Limits.IDLE_SWEEP.multipliedBy(2));
    assertThat(first.isOpen()).isFalse();
    assertThat(connections.size()).isZero();
  }
}
