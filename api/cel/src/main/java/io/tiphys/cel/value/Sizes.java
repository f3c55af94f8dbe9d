package io.tiphys.cel.value;

import java.util.OptionalLong;

/** How large values are, as {@code size} and costs count. */
public final class Sizes {
  /** A value of a library that has a size. */
  public interface Sized {
    long size();
  }

  private Sizes() {}

  /** The size; empty for values that have none. */
  public static OptionalLong of(Value value) {
    return switch (value) {
      case StringValue text -> OptionalLong.of(text.size());
      case BytesValue(byte[] bytes) -> OptionalLong.of(bytes.length);
      case ListValue list -> OptionalLong.of(list.size());
      case MapValue map -> OptionalLong.of(map.size());
      case Sized sized -> OptionalLong.of(sized.size());
      default -> OptionalLong.empty();
    };
  }
}
