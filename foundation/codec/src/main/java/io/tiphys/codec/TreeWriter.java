package io.tiphys.codec;

import io.tiphys.base.Invariant;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes fields to a {@link Json} tree: the tree that parsing {@link JsonWriter}'s text gives. */
public final class TreeWriter implements FieldWriter {
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable Json result;

  /** What has begun and not ended: an object, or else an array. */
  private static final class Open {
    final Json.Obj.@Nullable Builder members;
    final List<Json> elements = new ArrayList<>();
    String name = "";

    Open(Json.Obj.@Nullable Builder members) {
      this.members = members;
    }
  }

  /** The tree, once its outermost value is complete. */
  public Json tree() {
    Invariant.check(open.isEmpty(), "a tree is taken when complete");
    return Objects.requireNonNull(result, "a tree is taken when written");
  }

  @Override
  public void beginObject() {
    open.push(new Open(Json.Obj.builder()));
  }

  @Override
  public void endObject() {
    Json.Obj.Builder members = open.pop().members;
    writeTree(Objects.requireNonNull(members, "an object ends where one began").build());
  }

  @Override
  public void beginArray() {
    open.push(new Open(null));
  }

  @Override
  public void endArray() {
    writeTree(new Json.Arr(open.pop().elements));
  }

  @Override
  public void name(String name) {
    open.element().name = name;
  }

  @Override
  public void writeString(String value) {
    writeTree(new Json.Str(value));
  }

  @Override
  public void writeLong(long value) {
    writeTree(new Json.Int(value));
  }

  /** Writes a number; one without a fraction that fits 64 bits becomes an integer, as in text. */
  @Override
  public void writeDouble(double value) {
    boolean integer = value == Math.rint(value) && Math.abs(value) < 1e18;
    writeTree(integer ? new Json.Int((long) value) : new Json.Num(value));
  }

  @Override
  public void writeBoolean(boolean value) {
    writeTree(Json.Bool.of(value));
  }

  @Override
  public void writeNull() {
    writeTree(Json.Null.NULL);
  }

  @Override
  public void writeBytes(Bytes value) {
    writeString(Base64.getEncoder().encodeToString(value.array()));
  }

  @Override
  public void writeTime(Instant value) {
    writeString(Rfc3339.format(value, false));
  }

  @Override
  public void writeMicroTime(Instant value) {
    writeString(Rfc3339.format(value, true));
  }

  @Override
  public void writeTree(Json value) {
    Open container = open.peek();
    if (container == null) {
      result = value;
    } else if (container.members != null) {
      container.members.put(container.name, value);
    } else {
      container.elements.add(value);
    }
  }
}
