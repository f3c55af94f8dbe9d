package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Range;
import io.tiphys.store.Store.Watch;
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

  protected final long put(String key, String value) {
    return committed(store.put(key, value.getBytes(UTF_8), Store.ANY, null));
  }

  protected final long delete(String key) {
    return committed(store.delete(key, Store.ANY));
  }

  protected static long committed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed) outcome).revision();
  }

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

  /** An event as "revision +key=value <- previous" or "revision -key <- previous". */
  protected static String show(Event event) {
    Entry entry = event.entry();
    String what = event.deleted() ? " -" + entry.key() : " +" + show(entry);
    String before = event.previous() == null ? "" : " <- " + show(event.previous());
    return entry.modRevision() + what + before;
  }

  /** Reads until {@code count} events arrived. */
  protected static List<Event> read(Watch watch, int count) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      events.addAll(Objects.requireNonNull(watch.next(), "the watch ended"));
    }
    assertThat(events).hasSize(count);
    return events;
  }

  protected static List<String> shown(Watch watch, int count) throws InterruptedException {
    return read(watch, count).stream().map(StoreFixture::show).toList();
  }
}
