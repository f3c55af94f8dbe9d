package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import org.jspecify.annotations.Nullable;

/** A write under way: its bytes and the record they were made of. */
public final class Announced<S extends ApiObject> {
  private final ObjectType<S> type;
  private final String key;
  private final byte[] value;
  private final S record;
  private @Nullable Cached<S> made;

  Announced(ObjectType<S> type, String key, byte[] value, S record) {
    this.type = type;
    this.key = key;
    this.value = value;
    this.record = record;
  }

  String key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  /** The written object; writer and feed get the same instance. */
  public synchronized Cached<S> at(long revision) {
    if (made == null || made.revision() != revision) {
      made = Cached.ofWritten(type, key, revision, value, record);
    }
    return made;
  }
}
