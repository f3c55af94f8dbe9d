package io.tiphys.store.rocksdb;

import io.tiphys.store.Store;
import io.tiphys.store.Store.Condition;
import io.tiphys.store.Store.Entry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change that somebody asks for.
 *
 * @param value null: delete the key
 */
record Write(
    String key,
    byte @Nullable [] value,
    long expected,
    @Nullable Duration timeToLive,
    List<Condition> conditions) {
  private static final byte[] NO_VALUE = {};

  /** One without conditions on other keys. */
  Write(String key, byte @Nullable [] value, long expected, @Nullable Duration timeToLive) {
    this(key, value, expected, timeToLive, List.of());
  }

  /** Whether it may be done to a key that holds {@code current}. */
  boolean matches(@Nullable Entry current) {
    if (current == null) {
      return value != null && (expected == Store.ANY || expected == Store.ABSENT);
    }
    return expected == Store.ANY || expected == current.modRevision();
  }

  /** What the key holds once this is done at {@code revision}. */
  Version version(@Nullable Entry current, long revision) {
    long created = current == null ? revision : current.createRevision();
    var entry = new Entry(key, value == null ? NO_VALUE : value, created, revision);
    return new Version(entry, value == null, timeToLive != null);
  }

  long bytes() {
    return key.length() + (value == null ? 0L : value.length);
  }
}
