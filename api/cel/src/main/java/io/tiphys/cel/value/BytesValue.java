package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes that nobody changes. */
public record BytesValue(byte[] value) implements Value {
  @Override
  public CelType type() {
    return CelType.BYTES;
  }

  @Override
  public boolean same(Value other) {
    return equals(other);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BytesValue(byte[] bytes) && Arrays.equals(value, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(value);
  }
}
