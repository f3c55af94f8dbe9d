package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values by key. Also objects, whose fields are keys. */
public non-sealed interface MapValue extends Value {
  int size();

  /** The value of a key; null if there is none. */
  @Nullable Value find(Value key);

  /** The keys in the order in which loops come by them. */
  List<Value> keys();

  @Override
  default CelType type() {
    return CelType.MAP;
  }

  @Override
  default boolean same(Value other) {
    return other instanceof MapValue that && Maps.same(this, that);
  }
}
