package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Range;
import io.tiphys.store.Store.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the contract suite stands on: one open, empty store per test and words to speak of it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class StoreFixture {
  /** A range that holds every key of the suite. */
  protected static final String FIRST = "\u0001";

  protected static final String LAST = "\uffff";

  protected final ManualClock clock = new ManualClock();
  protected Store store;

  /** Opens an empty store that lives until the test ends. */
  protected abstract Store open() throws Exception;

  /** Lets time pass as the store sees it. */
  protected void letPass(Duration duration) throws InterruptedException {
    clock.advance(duration);
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  /** Writes whatever is there. */
  protected final long put(String key, String value) {
    return put(key, value, null);
  }

  protected final long put(String key, String value, @Nullable Duration timeToLive) {
    return committed(store.commit(txn().put(key, value, timeToLive).build()));
  }

  /** Deletes whatever is there. */
  protected final long delete(String key) {
    return committed(store.commit(txn().delete(key).build()));
  }

  protected final long revision() {
    return store.readIndex().join();
  }

  protected static TxnBuilder txn() {
    return new TxnBuilder();
  }

  /** A transaction as tests write it down. */
  protected static final class TxnBuilder {
    private final List<Store.Compare> compares = new ArrayList<>();
    private final List<Put> puts = new ArrayList<>();
    private final List<String> deletes = new ArrayList<>();

    public TxnBuilder when(String key, long modRevision) {
      compares.add(new Store.Compare(key, modRevision));
      return this;
    }

    public TxnBuilder put(String key, String value) {
      return put(key, value, null);
    }

    public TxnBuilder put(String key, String value, @Nullable Duration timeToLive) {
      puts.add(new Put(key, value.getBytes(UTF_8), timeToLive));
      return this;
    }

    public TxnBuilder delete(String key) {
      deletes.add(key);
      return this;
    }

    public Txn build() {
      return new Txn(compares, puts, deletes);
    }
  }

  protected static long committed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed) outcome).revision();
  }

  /** What stood in the way. */
  protected static @Nullable Entry conflicting(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Conflict.class);
    return ((Outcome.Conflict) outcome).current();
  }

  /** The newest entry of a key that must exist. */
  protected final Entry entry(String key) {
    return Objects.requireNonNull(store.get(key), key);
  }

  protected final Range.Page page(String from, String to, long revision, int limit) {
    Range range = store.range(from, to, revision, limit);
    assertThat(range).isInstanceOf(Range.Page.class);
    return (Range.Page) range;
  }

  /** All keys and values of the suite's range at a revision, as "key=value". */
  protected final List<String> state(long revision) {
    return page(FIRST, LAST, revision, 0).entries().stream().map(StoreFixture::show).toList();
  }

  protected static String show(@Nullable Entry entry) {
    return entry == null ? "nothing" : entry.key() + "=" + new String(entry.value(), UTF_8);
  }

  /** An event as "revision +key=value" or "revision -key". */
  protected static String show(Event event) {
    return event.revision() + (event.deleted() ? " -" + event.key() : " +" + show(event.entry()));
  }

  /** The next batch; the watch must go on. */
  protected static Watch.Batch next(Watch watch) throws InterruptedException {
    Watch.Next next = watch.next();
    assertThat(next).isInstanceOf(Watch.Batch.class);
    return (Watch.Batch) next;
  }

  /** Reads until {@code count} events arrived. */
  protected static List<Event> read(Watch watch, int count) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      events.addAll(next(watch).events());
    }
    assertThat(events).hasSize(count);
    return events;
  }

  protected static List<String> shown(Watch watch, int count) throws InterruptedException {
    return read(watch, count).stream().map(StoreFixture::show).toList();
  }
}
