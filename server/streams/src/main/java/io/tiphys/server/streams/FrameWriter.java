package io.tiphys.server.streams;

import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Writes frames to a connection; a writer waits while the client has too much before it. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class FrameWriter {
  /** A few full socket writes; a client slower than its container holds no more than this. */
  private static final int HIGH_BYTES = 256 * 1024;

  private static final int LOW_BYTES = 64 * 1024;

  private final Channel channel;
  private int pending;
  private boolean broken;

  FrameWriter(Channel channel) {
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }

  /** Sends a frame of {@code length} bytes, in the order of the calls. */
  void send(Object frame, int length) throws IOException {
    synchronized (this) {
      try {
        while (pending > HIGH_BYTES && takes()) {
          wait();
        }
      } catch (InterruptedException e) {
        ReferenceCountUtil.release(frame);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      if (!takes()) {
        ReferenceCountUtil.release(frame);
        throw new IOException("the client has gone");
      }
      pending += length;
    }
    channel
        .writeAndFlush(frame)
        .addListener((FutureListener<Void>) future -> sent(length, future.isSuccess()));
  }

  /** The client may still send when it takes nothing any more. */
  private boolean takes() {
    return !broken && channel.isActive();
  }

  /** Sends a frame that carries no data and never waits. */
  void signal(Object frame) {
    channel.writeAndFlush(frame);
  }

  private synchronized void sent(int length, boolean success) {
    pending -= length;
    broken |= !success;
    if (pending <= LOW_BYTES || !takes()) {
      notifyAll();
    }
  }
}
