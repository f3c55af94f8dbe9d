package io.tiphys.node.engine.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded pipe between two threads, either of which may be virtual. The writer waits for room, so
 * a slow reader slows the writer down instead of filling the memory.
 */
final class BytePipe {
  /** What the kernel gives its pipes. */
  private static final int CAPACITY = 1 << 16;

  private final byte[] ring = new byte[CAPACITY];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int start;
  private int size;
  private boolean writerDone;
  private boolean readerDone;

  /** Writes all, or nothing more once the reader is gone. */
  void write(byte[] bytes, int offset, int length) throws InterruptedException {
    lock.lock();
    try {
      int written = 0;
      while (written < length) {
        while (size == CAPACITY && !readerDone) {
          changed.await();
        }
        if (readerDone) {
          return;
        }
        int end = (start + size) % CAPACITY;
        int room = Math.min(CAPACITY - size, CAPACITY - end);
        int part = Math.min(room, length - written);
        System.arraycopy(bytes, offset + written, ring, end, part);
        size += part;
        written += part;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The reader gets what is left and then the end. */
  void finish() {
    lock.lock();
    try {
      writerDone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  InputStream reader() {
    return new Reader();
  }

  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      lock.lock();
      try {
        while (size == 0 && !writerDone && !readerDone) {
          changed.await();
        }
        if (size == 0 || readerDone) {
          return -1;
        }
        int part = Math.min(length, Math.min(size, CAPACITY - start));
        System.arraycopy(ring, start, bytes, offset, part);
        start = (start + part) % CAPACITY;
        size -= part;
        changed.signalAll();
        return part;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int available() {
      lock.lock();
      try {
        return size;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        readerDone = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
