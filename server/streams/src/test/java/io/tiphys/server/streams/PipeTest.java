package io.tiphys.server.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class PipeTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Pipe pipe = new Pipe(new Backpressure(channel));

  @Test
  void stopsTheConnectionWhileItsReaderLags() throws Exception {
    pipe.offer(new byte[300 * 1024]);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();

    assertThat(pipe.readNBytes(250 * 1024)).hasSize(250 * 1024);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whatCameBeforeTheEndIsRead() throws Exception {
    pipe.offer(new byte[] {1, 2, 3});
    pipe.end();
    pipe.offer(new byte[] {4});

    assertThat(pipe.readAllBytes()).containsExactly(1, 2, 3);
  }

  @Test
  void aReaderThatHasEnoughStopsNobody() {
    pipe.offer(new byte[300 * 1024]);
    pipe.close();
    pipe.offer(new byte[300 * 1024]);
    channel.runPendingTasks();

    assertThat(channel.config().isAutoRead()).isTrue();
  }
}
