package io.tiphys.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Compare;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Txn;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is found behind a conflict that may be that of a transaction with itself. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DoubtTest {
  private static final byte[] OURS = {1};
  private static final byte[] THEIRS = {2};

  @TempDir private Path folder;

  private final Clock clock = new SystemClock();

  private static long put(Store store, byte[] value, long expected) {
    return ((Outcome.Committed) store.put("a", value, expected)).revision();
  }

  @Test
  void onlyWhatHappenedSinceTheFirstTryIsItsOwn() {
    try (EtcdServer server = EtcdServer.start(folder, "http")) {
      EtcdConfig config = EtcdConfig.plain(List.of(server.url()), "");
      try (Store store = EtcdStore.open(config, clock, new Loops(clock, new Random(1)));
          EtcdClient client = new EtcdClient(config, clock)) {
        Doubt doubt =
            new Doubt(new EtcdHistory(client, new Messages(""), clock), key -> store.get(key));
        long first = put(store, THEIRS, Store.ABSENT);
        Compare guard = new Compare("a", first);
        Txn txn = new Txn(List.of(guard), List.of(new Put("a", OURS, null)), List.of());

        long same = put(store, OURS, first);
        Outcome.Conflict changed = new Outcome.Conflict(guard, store.get("a"));
        assertThat(doubt.settle(txn, changed, same)).as("older than the try").isSameAs(changed);
        assertThat(doubt.settle(txn, changed, first)).isEqualTo(new Outcome.Committed(same));

        store.commit(new Txn(List.of(), List.of(), List.of("a")));
        long gone = store.readIndex().join();
        Outcome.Conflict deleted = new Outcome.Conflict(guard, null);
        assertThat(doubt.settle(txn, deleted, gone)).as("deleted before").isSameAs(deleted);
        assertThat(doubt.settle(txn, deleted, first)).isEqualTo(new Outcome.Committed(same));
      }
    }
  }

  @Test
  void whatWasMadeAndDeletedSinceIsNotMadeAnew() {
    try (EtcdServer server = EtcdServer.start(folder, "http")) {
      EtcdConfig config = EtcdConfig.plain(List.of(server.url()), "");
      try (Store store = EtcdStore.open(config, clock, new Loops(clock, new Random(1)));
          EtcdClient client = new EtcdClient(config, clock)) {
        Doubt doubt =
            new Doubt(new EtcdHistory(client, new Messages(""), clock), key -> store.get(key));
        Txn txn =
            new Txn(
                List.of(new Compare("a", Store.ABSENT)),
                List.of(new Put("a", OURS, null)),
                List.of());
        assertThat(Doubt.isUndoneByOthers(txn)).isTrue();
        long before = store.readIndex().join();
        long theirs = put(store, THEIRS, Store.ABSENT);
        assertThat(doubt.find(txn, before, theirs)).isEmpty();

        store.delete("a", theirs);
        long ours = put(store, OURS, Store.ABSENT);
        store.delete("a", ours);
        long now = put(store, THEIRS, Store.ABSENT);
        assertThat(doubt.find(txn, before, now)).hasValue(ours);
        assertThat(doubt.find(txn, ours, now)).as("older than the try").isEmpty();
      }
    }
  }
}
