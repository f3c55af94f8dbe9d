package io.tiphys.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A file's name as the kernel has it: any bytes but zero and slash, in no promised encoding. */
final class FileName {
  private final byte[] bytes;

  FileName(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  static FileName of(String text) {
    return new FileName(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The address of a copy that ends with zero. */
  long in(Arena arena) {
    MemorySegment copy = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return copy.address();
  }

  /** For messages. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
