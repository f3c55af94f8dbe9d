package io.tiphys.server.http;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses a body piece by piece, so that a slow client holds the compressor and not memory. */
final class Gzip {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  private static final int PIECE_BYTES = 64 * 1024;

  private Gzip() {}

  /** Takes compressed pieces; may block. */
  interface Output {
    void write(byte[] piece) throws InterruptedException;
  }

  /** Whether an {@code Accept-Encoding} header names gzip, as upstream reads it. */
  static boolean accepted(String encodings) {
    for (String encoding : encodings.split(",", -1)) {
      if (encoding.strip().equals("gzip")) {
        return true;
      }
    }
    return false;
  }

  static void compress(List<byte[]> body, Output output) throws InterruptedException {
    Deflater deflater = new Deflater(Limits.GZIP_LEVEL, true);
    try {
      output.write(HEADER);
      CRC32 checksum = new CRC32();
      byte[] buffer = new byte[PIECE_BYTES];
      int filled = 0;
      for (byte[] piece : body) {
        checksum.update(piece);
        deflater.setInput(piece);
        while (!deflater.needsInput()) {
          filled += deflater.deflate(buffer, filled, buffer.length - filled);
          filled = passOnWhenFull(buffer, filled, output);
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        filled += deflater.deflate(buffer, filled, buffer.length - filled);
        filled = passOnWhenFull(buffer, filled, output);
      }
      output.write(Arrays.copyOf(buffer, filled));
      output.write(trailer(checksum.getValue(), deflater.getBytesRead()));
    } finally {
      deflater.end();
    }
  }

  private static int passOnWhenFull(byte[] buffer, int filled, Output output)
      throws InterruptedException {
    if (filled < buffer.length) {
      return filled;
    }
    output.write(buffer.clone());
    return 0;
  }

  private static byte[] trailer(long checksum, long length) {
    byte[] trailer = new byte[8];
    for (int i = 0; i < 4; i++) {
      trailer[i] = (byte) (checksum >>> (8 * i));
      trailer[4 + i] = (byte) (length >>> (8 * i));
    }
    return trailer;
  }
}
