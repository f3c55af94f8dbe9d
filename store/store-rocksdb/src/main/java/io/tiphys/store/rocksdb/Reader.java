package io.tiphys.store.rocksdb;

import io.tiphys.store.Store;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Reads states. The revision is chosen first, then a cursor is opened, then the revision is checked
 * against compaction: what the sweeper deletes was out of reach before, so the cursor's view holds
 * every version that the revision needs.
 */
final class Reader {
  private final Database database;
  private final LongSupplier revision;
  private final LongSupplier compacted;

  Reader(Database database, LongSupplier revision, LongSupplier compacted) {
    this.database = database;
    this.revision = revision;
    this.compacted = compacted;
  }

  @Nullable Entry get(String key) {
    byte[] versions = Layout.versionsOf(key);
    Optional<Entry> found =
        database.read(
            db -> {
              while (true) {
                long at = revision.getAsLong();
                try (var cursor = new Cursor(db)) {
                  if (at >= compacted.getAsLong()) {
                    return Optional.ofNullable(Version.live(cursor.version(versions, at)));
                  }
                }
              }
            });
    return found.orElse(null);
  }

  Range range(String from, String to, long wanted, int limit) {
    byte[] first = Layout.versionsOf(from);
    byte[] end = Layout.versionsOf(to);
    return database.read(
        db -> {
          while (true) {
            long current = revision.getAsLong();
            long at = wanted == Store.NEWEST ? current : wanted;
            if (at > current) {
              return new Range.Future();
            }
            try (var cursor = new Cursor(db)) {
              if (at >= compacted.getAsLong()) {
                return scan(cursor, first, end, at, limit);
              }
              if (wanted != Store.NEWEST) {
                return new Range.Compacted();
              }
            }
          }
        });
  }

  private static Range.Page scan(Cursor cursor, byte[] first, byte[] end, long at, int limit)
      throws RocksDBException {
    List<Entry> entries = new ArrayList<>();
    long remaining = 0;
    byte[] place = cursor.seek(first);
    while (place != null && Layout.isEntry(place) && Arrays.compareUnsigned(place, end) < 0) {
      if (Layout.revisionOf(place) > at) {
        place = cursor.seek(Layout.atRevision(place, at));
        continue;
      }
      if (!cursor.atDeletion()) {
        if (limit == 0 || entries.size() < limit) {
          entries.add(Version.decode(place, cursor.value()).entry());
        } else {
          remaining++;
        }
      }
      place = nextKey(cursor, place);
    }
    return new Range.Page(List.copyOf(entries), at, remaining);
  }

  /** Most keys have few versions: one step is tried before a jump over all of them. */
  private static byte @Nullable [] nextKey(Cursor cursor, byte[] place) throws RocksDBException {
    byte[] next = cursor.next();
    return next != null && Layout.sameKey(place, next)
        ? cursor.seek(Layout.afterVersions(place))
        : next;
  }
}
