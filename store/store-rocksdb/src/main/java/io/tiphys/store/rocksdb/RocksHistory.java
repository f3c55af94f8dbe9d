package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.store.CompactedException;
import io.tiphys.store.KeyOrder;
import io.tiphys.store.Store.Event;
import io.tiphys.store.StoreException;
import io.tiphys.store.engine.History;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.rocksdb.RocksDBException;

/** The changes on disk: the log says which key changed, the key's versions say what happened. */
final class RocksHistory implements History {
  /** Changes read in one step: some milliseconds. */
  private static final int STEP = 512;

  /** Bytes of events read in one step: a reader that is far behind must not fill the memory. */
  private static final long STEP_BYTES = 1L << 20;

  private final Database database;
  private final LongSupplier compacted;

  RocksHistory(Database database, LongSupplier compacted) {
    this.database = database;
    this.compacted = compacted;
  }

  @Override
  public boolean isCompacted(long revision) {
    return revision < compacted.getAsLong();
  }

  @Override
  public Slice changes(String from, String to, long after, long upTo) {
    return changes(key -> KeyOrder.contains(from, to, key), after, upTo);
  }

  Slice changes(Predicate<String> wanted, long after, long upTo) {
    return database.read(
        db -> {
          try (var log = new Cursor(db);
              var versions = new Cursor(db)) {
            // The mark is raised before anything is deleted, so what the cursors see is whole.
            if (isCompacted(after)) {
              throw new CompactedException();
            }
            List<Event> events = new ArrayList<>();
            long bytes = 0;
            long last = after;
            byte[] place = log.seek(Layout.log(after + 1));
            for (int read = 0; place != null && Layout.isLog(place); read++) {
              long next = Layout.logRevision(place);
              boolean enough = read >= STEP || bytes >= STEP_BYTES;
              if (next > upTo || (enough && next > last)) {
                break;
              }
              last = next;
              String key = new String(log.value(), UTF_8);
              if (wanted.test(key)) {
                Event event = event(versions, key, last);
                events.add(event);
                bytes += event.entry().value().length;
              }
              place = log.next();
            }
            return new Slice(events, last);
          }
        });
  }

  private static Event event(Cursor cursor, String key, long revision) throws RocksDBException {
    byte[] versions = Layout.versionsOf(key);
    Version version = cursor.version(versions, revision);
    if (version == null || version.entry().modRevision() != revision) {
      throw new StoreException("damaged store: no version " + revision + " of key " + key);
    }
    return version.deleted() ? Event.deletion(key, revision) : Event.put(version.entry());
  }
}
