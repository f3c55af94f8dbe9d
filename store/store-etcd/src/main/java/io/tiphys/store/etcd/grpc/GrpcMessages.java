package io.tiphys.store.etcd.grpc;

import io.netty.handler.codec.http2.Http2StreamChannel;
import io.tiphys.base.Lifecycle;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a streaming call brings, read by one thread: what it has not read keeps the server waiting.
 */
public final class GrpcMessages implements GrpcStream.Receiver, Lifecycle {
  /** Messages waiting for the reader before no more are taken from the connection. */
  private static final int WAITING = 64;

  /** Bytes waiting, rather: a message more than that. */
  private static final long WAITING_BYTES = 8L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long bytes;
  private @Nullable Http2StreamChannel stream;
  private @Nullable GrpcException status;

  GrpcMessages() {}

  void began(Http2StreamChannel opened) {
    lock.lock();
    try {
      stream = opened;
      if (status != null) {
        var _ = opened.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Blocks for the next message.
   *
   * @throws GrpcException at the end, whatever its status
   */
  public byte[] next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        if (status != null) {
          throw status;
        }
        arrived.await();
      }
      byte[] message = waiting.poll();
      bytes -= message.length;
      if (waiting.size() <= WAITING / 2 && bytes <= WAITING_BYTES / 2 && stream != null) {
        stream.config().setAutoRead(true);
      }
      return message;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void message(byte[] message) {
    lock.lock();
    try {
      waiting.add(message);
      bytes += message.length;
      if ((waiting.size() >= WAITING || bytes >= WAITING_BYTES) && stream != null) {
        stream.config().setAutoRead(false);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(GrpcException how) {
    lock.lock();
    try {
      if (status == null) {
        status = how;
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end(new GrpcException(GrpcException.CANCELLED, "closed"));
    lock.lock();
    try {
      if (stream != null) {
        var _ = stream.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
