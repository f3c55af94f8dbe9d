package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;

/**
 * Bytes on their way from the event loop to a blocking reader. A reader that lags closes the {@link
 * Backpressure} of its connection, so the client is slowed down and memory stays bounded.
 */
final class Pipe extends InputStream {
  /** Enough to keep a fast reader busy between two reads of the socket. */
  private static final int HIGH_BYTES = 256 * 1024;

  private static final int LOW_BYTES = 64 * 1024;

  private final Backpressure backpressure;
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private int headOffset;
  private int bytes;
  private boolean full;
  private boolean ended;
  private boolean closed;

  Pipe(Backpressure backpressure) {
    this.backpressure = backpressure;
  }

  /** Takes over the bytes; called on the event loop, never blocks. */
  void offer(ByteBuf content) {
    byte[] piece = new byte[content.readableBytes()];
    content.readBytes(piece);
    offer(piece);
  }

  synchronized void offer(byte[] piece) {
    if (ended || closed || piece.length == 0) {
      return;
    }
    pieces.add(piece);
    bytes += piece.length;
    if (bytes > HIGH_BYTES && !full) {
      full = true;
      backpressure.close();
    }
    notifyAll();
  }

  /** No more bytes will come; those that did are still read. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public int read() throws InterruptedIOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] into, int offset, int length) throws InterruptedIOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (pieces.isEmpty() && !ended && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    byte[] head = pieces.peek();
    if (head == null) {
      return -1;
    }
    int count = Math.min(length, head.length - headOffset);
    System.arraycopy(head, headOffset, into, offset, count);
    headOffset += count;
    bytes -= count;
    if (headOffset == head.length) {
      pieces.poll();
      headOffset = 0;
    }
    if (full && bytes < LOW_BYTES) {
      full = false;
      backpressure.open();
    }
    return count;
  }

  /** The reader has had enough: what comes is dropped, so that it stops nobody else. */
  @Override
  public synchronized void close() {
    closed = true;
    pieces.clear();
    bytes = 0;
    if (full) {
      full = false;
      backpressure.open();
    }
    notifyAll();
  }
}
