package io.tiphys.server.streams;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** Stops reading from a connection while any of its pipes is full. */
final class Backpressure {
  private final Channel channel;
  private final AtomicInteger fullPipes = new AtomicInteger();

  Backpressure(Channel channel) {
    this.channel = channel;
  }

  void close() {
    fullPipes.incrementAndGet();
    change();
  }

  void open() {
    fullPipes.decrementAndGet();
    change();
  }

  /** At once where the bytes come from: the loop reads no further. */
  private void change() {
    if (channel.eventLoop().inEventLoop()) {
      set();
    } else {
      channel.eventLoop().execute(this::set);
    }
  }

  private void set() {
    channel.config().setAutoRead(fullPipes.get() == 0);
  }
}
