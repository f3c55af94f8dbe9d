package io.tiphys.simulation;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All that happens in a run, line by line: its digest tells whether two runs were the same. */
final class Trace {
  private final MessageDigest digest;
  private final @Nullable PrintStream out;
  private final LongSupplier nanos;

  /**
   * @param out where the lines go beside; null for nowhere
   * @param nanos the time of the run
   */
  Trace(@Nullable PrintStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void line(String text) {
    long micros = nanos.getAsLong() / 1000;
    String line = "%d.%06d %s%n".formatted(micros / 1_000_000, micros % 1_000_000, text);
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    if (out != null) {
      out.print(line);
    }
  }

  /** Ends the trace. */
  String digest() {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }
}
