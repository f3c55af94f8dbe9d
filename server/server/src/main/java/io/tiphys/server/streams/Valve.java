package io.tiphys.server.streams;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** Stops reading from a connection while any of its pipes is full. */
final class Valve {
  private final Channel channel;
  private final AtomicInteger fullPipes = new AtomicInteger();

  Valve(Channel channel) {
    this.channel = channel;
  }

  void close() {
    fullPipes.incrementAndGet();
    channel.eventLoop().execute(this::set);
  }

  void open() {
    fullPipes.decrementAndGet();
    channel.eventLoop().execute(this::set);
  }

  private void set() {
    channel.config().setAutoRead(fullPipes.get() == 0);
  }
}
