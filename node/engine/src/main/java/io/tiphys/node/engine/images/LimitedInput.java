package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that refuses to go on beyond a number of bytes. */
final class LimitedInput extends FilterInputStream {
  private final long limit;
  private long left;

  LimitedInput(InputStream in, long limit) {
    super(in);
    this.limit = limit;
    this.left = limit;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) {
      count(1);
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(Math.max(0, read));
    return read;
  }

  /** By reading: the stream below may be one that counts or digests what is read. */
  @Override
  public long skip(long n) throws IOException {
    int wanted = (int) Math.min(n, 1 << 13);
    return wanted <= 0 ? 0 : Math.max(0, read(new byte[wanted], 0, wanted));
  }

  private void count(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new CriException(
          CriException.Code.RESOURCE_EXHAUSTED, "content is longer than " + limit + " bytes");
    }
  }
}
