package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a store that an older program wrote to today's layout of keys, before anything is read
 * from it: until November 2026 keys had no group. Each step moves some objects in one transaction,
 * so that it can be interrupted anywhere and goes on at the next start; two servers that begin at
 * once get into each other's way, no more. A mark says that nothing is left to do.
 */
final class KeyMigration {
  private static final Logger LOG = System.getLogger(KeyMigration.class.getName());

  private static final String MARK = StoreKeys.ROOT + "layout";
  private static final byte[] LAYOUT = "2".getBytes(UTF_8);

  /** Objects moved at once: each is a deletion and a write, and a transaction is small in bytes. */
  private static final int STEP = 16;

  private final Store store;

  private KeyMigration(Store store) {
    this.store = store;
  }

  /** Does nothing to a store that is as it should be. */
  static void run(Store store, Registry registry) {
    KeyMigration migration = new KeyMigration(store);
    if (store.get(MARK) == null) {
      for (ServedKind<?> kind : ResourceTable.servable(registry)) {
        if (kind.storedAs().equals(kind.resource())) {
          migration.move(kind);
        }
      }
      Store.Outcome _ = store.put(MARK, LAYOUT, Store.ABSENT);
    }
  }

  private void move(ServedKind<?> kind) {
    Resource<?> resource = kind.resource();
    String old = StoreKeys.ROOT + resource.plural() + "/";
    int moved = 0;
    while (true) {
      Store.Range range = store.range(old, StoreKeys.end(old), Store.NEWEST, STEP);
      if (!(range instanceof Store.Range.Page page)) {
        throw new StoreException("the newest state cannot be read: " + range);
      }
      if (page.entries().isEmpty()) {
        break;
      }
      move(kind, old, page.entries());
      moved += page.entries().size();
    }
    if (moved > 0) {
      LOG.log(Level.INFO, "Moved {0} {1} below {2}", moved, resource, StoreKeys.prefix(resource));
    }
  }

  /** What is changed or moved by another server meanwhile is looked at again. */
  private void move(ServedKind<?> kind, String old, List<Store.Entry> entries) {
    List<Store.Compare> compares = new ArrayList<>();
    List<Store.Put> puts = new ArrayList<>();
    List<String> deletes = new ArrayList<>();
    for (Store.Entry entry : entries) {
      String key = StoreKeys.prefix(kind.resource()) + entry.key().substring(old.length());
      compares.add(new Store.Compare(entry.key(), entry.modRevision()));
      puts.add(new Store.Put(key, entry.value(), timeToLive(kind, entry.value())));
      deletes.add(entry.key());
    }
    Store.Outcome _ = store.commit(new Store.Txn(compares, puts, deletes));
  }

  /** Mortal objects begin a new life. */
  private static <T extends ApiObject> @Nullable Duration timeToLive(
      ServedKind<T> kind, byte[] value) {
    return kind.rules().timeToLive(ObjectCodec.fromJson(kind.resource().type(), value));
  }
}
