package io.tiphys.cel.syntax;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A literal. */
public sealed interface Constant {
  Constant NULL = new Null();
  Constant TRUE = new Bool(true);
  Constant FALSE = new Bool(false);

  record Null() implements Constant {}

  record Bool(boolean value) implements Constant {}

  record Int(long value) implements Constant {}

  /** The value is to be read as unsigned. */
  record Uint(long value) implements Constant {}

  record Floating(double value) implements Constant {}

  record Text(String value) implements Constant {}

  /** Bytes that nobody changes. */
  record Binary(byte[] value) implements Constant {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Binary(byte[] bytes) && Arrays.equals(value, bytes);
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
}
