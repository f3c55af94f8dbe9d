package io.tiphys.server.http;

import io.netty.buffer.ByteBuf;
import io.tiphys.api.ApiFailure;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way in. The event loop adds bytes as they arrive; beyond the first batch it reads
 * on only when a handler asks for the body, which is after the caller is known. What is held grows
 * with what has arrived, never with what was announced, and counts against the budget of all.
 */
final class IncomingBody implements RequestBody {
  private static final byte[] NOTHING = new byte[0];

  private final ByteBudget budget;
  private final long announced;
  private final Flow flow;

  /** Where the bytes come from. */
  interface Flow {
    /**
     * Has the event loop read the rest.
     *
     * @param wanted somebody waits for it; otherwise it is only read past
     */
    void readOn(boolean wanted);
  }

  /** All below: guarded by this. */
  private byte[] buffer = NOTHING;

  private int length;
  private boolean whole;
  private boolean flowing;
  private boolean released;
  private @Nullable ApiFailure failure;

  /**
   * @param announced the content length; -1 when the client does not say
   * @param flow called once at most, by any thread
   */
  IncomingBody(ByteBudget budget, long announced, Flow flow) {
    this.budget = budget;
    this.announced = announced;
    this.flow = flow;
    if (announced > Limits.MAX_BODY_BYTES) {
      failure = tooLarge();
    }
  }

  /** Adds what has arrived; nothing is kept of a body that is too large. */
  synchronized void append(ByteBuf bytes) {
    int count = bytes.readableBytes();
    if (count == 0 || !kept()) {
      return;
    }
    if (length + count > Limits.MAX_BODY_BYTES) {
      fail(tooLarge());
      return;
    }
    if (length + count > buffer.length && !grow(length + count)) {
      return;
    }
    bytes.readBytes(buffer, length, count);
    length += count;
  }

  /** Whether what arrives is kept: the body fits, and somebody may still ask for it. */
  synchronized boolean kept() {
    return failure == null && !released;
  }

  private boolean grow(int needed) {
    int most = announced > 0 ? (int) announced : Limits.MAX_BODY_BYTES;
    int capacity = Math.max(needed, Math.min(2 * buffer.length, most));
    if (!budget.take(capacity - buffer.length)) {
      fail(ApiFailure.tooManyRequests("too many large requests, please try again later", 1));
      return false;
    }
    buffer = Arrays.copyOf(buffer, capacity);
    return true;
  }

  /** Nothing more comes. */
  synchronized void finish() {
    if (length < buffer.length && failure == null) {
      budget.giveBack(buffer.length - length);
      buffer = Arrays.copyOf(buffer, length);
    }
    whole = true;
    notifyAll();
  }

  /** The client has gone before the end. */
  synchronized void cut() {
    if (!whole) {
      fail(ApiFailure.badRequest("unexpected EOF"));
    }
  }

  private void fail(ApiFailure why) {
    if (failure == null) {
      failure = why;
      drop();
    }
    notifyAll();
  }

  private void drop() {
    budget.giveBack(buffer.length);
    buffer = NOTHING;
    length = 0;
  }

  /** The answer is on its way: what still comes is read past, so that the client gets to it. */
  synchronized void abandon() {
    if (!whole && !flowing) {
      flowing = true;
      flow.readOn(false);
    }
    released = released || !whole;
    if (!whole) {
      drop();
    }
  }

  synchronized boolean whole() {
    return whole;
  }

  /** Bytes held now. */
  synchronized int length() {
    return length;
  }

  @Override
  public byte[] bytes() {
    synchronized (this) {
      if (failure == null && whole) {
        return buffer;
      }
      if (failure == null && !flowing) {
        flowing = true;
        flow.readOn(true);
      }
      try {
        while (failure == null && !whole) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Exchange.timeout();
      }
      if (failure != null) {
        throw failure;
      }
      return buffer;
    }
  }

  /** The request is over: its bytes no longer count, whoever still looks at them. */
  synchronized void release() {
    if (!released) {
      released = true;
      budget.giveBack(buffer.length);
    }
  }

  private static ApiFailure tooLarge() {
    return ApiFailure.requestEntityTooLarge("limit is " + Limits.MAX_BODY_BYTES);
  }
}
