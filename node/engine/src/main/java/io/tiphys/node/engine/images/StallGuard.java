package io.tiphys.node.engine.images;

import io.tiphys.base.Clock;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A download that fails once nothing has come for a while, instead of hanging for ever. */
final class StallGuard extends FilterInputStream {
  /** Upstream's image-pull-progress-deadline was this long. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Clock clock;
  private final AtomicLong received = new AtomicLong();
  private volatile boolean stalled;
  private volatile Clock.Timer timer;

  StallGuard(InputStream in, Clock clock) {
    super(in);
    this.clock = clock;
    timer = arm(0);
  }

  private Clock.Timer arm(long receivedBefore) {
    return clock.schedule(PATIENCE, () -> check(receivedBefore));
  }

  private void check(long receivedBefore) {
    long now = received.get();
    if (now > receivedBefore || now < 0) {
      timer = arm(now);
      return;
    }
    stalled = true;
    try {
      in.close();
    } catch (IOException e) {
      // The reader gets its own error.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int read = super.read(bytes, offset, length);
      received.addAndGet(Math.max(0, read));
      return read;
    } catch (IOException e) {
      if (stalled) {
        throw new IOException("nothing came for " + PATIENCE.toSeconds() + " s", e);
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    timer.cancel();
    super.close();
  }
}
