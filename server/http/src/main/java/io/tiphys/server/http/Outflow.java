package io.tiphys.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.FutureListener;
import io.tiphys.base.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What one writer has sent to a client and the client has not yet taken. The writer waits when it
 * is too much: a slow reader holds {@link Limits#WRITE_BUFFER_HIGH_BYTES}, never more, and loses
 * its connection when it reads next to nothing for {@link Limits#WRITE_PATIENCE}. Counted here and
 * not by the channel, because HTTP/2 streams do not count what other threads hand them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the writer sees whether the channel is active
final class Outflow {
  /** Larger pieces are sent as they are; smaller ones are gathered. */
  private static final int WORTH_NOT_COPYING = 32 * 1024;

  private final Channel channel;
  private final Clock clock;
  private long pendingBytes;

  Outflow(Channel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /** Sends pieces in order; returns when the client has kept up. */
  void send(List<byte[]> pieces) throws InterruptedException {
    int index = 0;
    while (index < pieces.size()) {
      byte[] piece = pieces.get(index);
      if (piece.length >= WORTH_NOT_COPYING) {
        for (int from = 0; from < piece.length; from += Limits.WRITE_CHUNK_BYTES) {
          int length = Math.min(Limits.WRITE_CHUNK_BYTES, piece.length - from);
          send(Unpooled.wrappedBuffer(piece, from, length));
        }
        index++;
      } else {
        int length = 0;
        int end = index;
        while (end < pieces.size() && fits(length, pieces.get(end))) {
          length += pieces.get(end++).length;
        }
        ByteBuf gathered = channel.alloc().heapBuffer(length);
        for (; index < end; index++) {
          gathered.writeBytes(pieces.get(index));
        }
        send(gathered);
      }
    }
  }

  /** Sends the end of the body. */
  ChannelFuture end() {
    return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private static boolean fits(int gathered, byte[] piece) {
    return piece.length < WORTH_NOT_COPYING && gathered + piece.length <= Limits.WRITE_CHUNK_BYTES;
  }

  private void send(ByteBuf bytes) throws InterruptedException {
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    int length = bytes.readableBytes();
    HttpObject content = new DefaultHttpContent(bytes);
    add(length);
    channel
        .writeAndFlush(content)
        .addListener((FutureListener<Void>) future -> taken(length, future.isSuccess()));
    awaitRoom();
  }

  private synchronized void add(int length) {
    pendingBytes += length;
  }

  private synchronized void taken(int length, boolean success) {
    pendingBytes -= length;
    if (!success || pendingBytes <= Limits.WRITE_BUFFER_LOW_BYTES) {
      notifyAll();
    }
  }

  private synchronized void awaitRoom() throws InterruptedException {
    if (pendingBytes > Limits.WRITE_BUFFER_HIGH_BYTES) {
      Clock.Timer patience = clock.schedule(Limits.WRITE_PATIENCE, this::giveUp);
      try {
        while (pendingBytes > Limits.WRITE_BUFFER_LOW_BYTES && channel.isActive()) {
          wait();
        }
      } finally {
        patience.cancel();
      }
    }
    if (!channel.isActive()) {
      throw clientGone();
    }
  }

  /** The client has not read for too long; its channel's end wakes the writer. */
  private void giveUp() {
    channel.close().addListener(_ -> wake());
  }

  private synchronized void wake() {
    notifyAll();
  }

  static UncheckedIOException clientGone() {
    return new UncheckedIOException(new IOException("the client has gone"));
  }
}
