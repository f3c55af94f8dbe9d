package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** One of the byte streams that share an upgraded connection. */
final class SubStream {
  private final int id;
  private final Pipe incoming;
  private final OutputStream outgoing;
  private final Framing framing;
  private final FrameWriter frames;

  SubStream(int id, Backpressure backpressure, FrameWriter frames, Framing framing) {
    this.id = id;
    this.incoming = new Pipe(backpressure);
    this.framing = framing;
    this.frames = frames;
    this.outgoing = new Outgoing();
  }

  /** How a protocol packs what a lane carries. */
  interface Framing {
    /** Takes over {@code bytes}. */
    Object data(int subStream, ByteBuf bytes);

    /** Says that the server will send no more on the lane. */
    void end(int subStream, FrameWriter frames);

    /** Says that the lane is broken in both directions. */
    void reset(int subStream, FrameWriter frames);
  }

  int id() {
    return id;
  }

  /** Where the event loop puts what the client sends. */
  Pipe incoming() {
    return incoming;
  }

  /** What the client sends. */
  InputStream input() {
    return incoming;
  }

  /** What goes to the client; closing it ends this direction. Blocks while the client is slow. */
  OutputStream output() {
    return outgoing;
  }

  void reset() {
    incoming.close();
    framing.reset(id, frames);
  }

  private final class Outgoing extends OutputStream {
    /** Small enough that no lane holds up the others for long. */
    private static final int MAX_FRAME_BYTES = 32 * 1024;

    private boolean closed;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int from = offset;
      int end = offset + length;
      do {
        int count = Math.min(MAX_FRAME_BYTES, end - from);
        ByteBuf content = frames.channel().alloc().heapBuffer(count + 1);
        content.writeBytes(bytes, from, count);
        frames.send(framing.data(id, content), count);
        from += count;
      } while (from < end);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        framing.end(id, frames);
      }
    }
  }
}
