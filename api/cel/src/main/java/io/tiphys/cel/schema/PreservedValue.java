package io.tiphys.cel.schema;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.Value;
import io.tiphys.codec.Json;

/** A value of which no schema knows anything: it can only be compared. */
record PreservedValue(Json tree) implements OpaqueValue {
  private static final CelType TYPE = CelType.opaque("unknown");

  @Override
  public CelType type() {
    return TYPE;
  }

  @Override
  public boolean same(Value other) {
    return equals(other);
  }
}
