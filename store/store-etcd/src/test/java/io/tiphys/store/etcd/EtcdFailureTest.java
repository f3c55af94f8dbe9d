package io.tiphys.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** etcd that dies and comes back, forgets, or is used by two at once. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EtcdFailureTest {
  private static final int WRITES = 200;

  @TempDir private Path folder;

  private final Clock clock = new SystemClock();
  private EtcdServer server;
  private Store store;

  @BeforeEach
  void open() {
    server = EtcdServer.start(folder, "http");
    store = connect();
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private Store connect() {
    return EtcdStore.open(
        EtcdConfig.plain(List.of("http://127.0.0.1:1", server.url()), ""),
        clock,
        new Loops(clock, new Random(1)));
  }

  /** Each write is decided upon the one before, so that one done twice or lost would show. */
  @Test
  void noWriteIsLostDoubledOrMistakenWhenEtcdIsKilledInItsMidst() throws Exception {
    AtomicInteger done = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    long start = store.readIndex().join();
    try (Watch watch = store.watch("\u0001", "\uffff", start);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Long>> writer = threads.submit(() -> writeOneAfterAnother(done));
      Future<?> killer =
          threads.submit(
              () -> {
                for (int kill = 1; kill <= 3; kill++) {
                  int at = kill * WRITES / 4;
                  while (done.get() < at && !over.get()) {
                    Thread.onSpinWait();
                  }
                  server.kill();
                  server.start();
                }
              });
      List<Long> written;
      try {
        written = writer.get();
      } finally {
        over.set(true);
      }
      killer.get();
      assertThat(written).hasSize(WRITES);
      List<Event> seen = new ArrayList<>();
      while (seen.size() < WRITES) {
        seen.addAll(((Watch.Batch) watch.next()).events());
      }
      assertThat(seen.stream().map(Event::revision)).isEqualTo(written);
    }
  }

  private List<Long> writeOneAfterAnother(AtomicInteger done) {
    List<Long> revisions = new ArrayList<>();
    long expected = Store.ABSENT;
    for (int n = 0; n < WRITES; n++) {
      Outcome outcome = store.put("key", Integer.toString(n).getBytes(UTF_8), expected);
      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      expected = ((Outcome.Committed) outcome).revision();
      revisions.add(expected);
      done.incrementAndGet();
    }
    return revisions;
  }

  @Test
  void whatCannotBeAskedTwiceSaysThatNobodyKnows() {
    server.pause();
    assertThat(reasonOfFailure(Store.Txn.put("a", new byte[0], null)))
        .isEqualTo(StoreException.Reason.UNKNOWN);
    server.resume();
  }

  @Test
  void whatWasNeverSentHasNotHappened() {
    server.kill();
    Store.Txn txn = Store.Txn.put("a", new byte[0], null);
    reasonOfFailure(txn); // may have been sent before the end of the connection was seen
    assertThat(reasonOfFailure(txn)).isEqualTo(StoreException.Reason.UNAVAILABLE);
    server.start();
  }

  @Test
  void aWriterThatIsInterruptedFailsAsTheStoreDoes() throws Exception {
    server.pause();
    AtomicReference<StoreException.Reason> reason = new AtomicReference<>();
    Thread writer =
        Thread.startVirtualThread(
            () -> reason.set(reasonOfFailure(Store.Txn.put("a", new byte[0], null))));
    writer.interrupt();
    writer.join();
    assertThat(reason.get()).isNotNull();
    server.resume();
  }

  private StoreException.Reason reasonOfFailure(Store.Txn txn) {
    return catchThrowableOfType(StoreException.class, () -> store.commit(txn)).reason();
  }

  @Test
  void aWatchGoesOnWhereItWasWhenEtcdComesBack() throws Exception {
    try (Watch watch = store.watch("\u0001", "\uffff", store.readIndex().join());
        Store other = connect()) {
      server.kill();
      server.start();
      long revision = ((Outcome.Committed) other.put("a", new byte[0], Store.ABSENT)).revision();
      Watch.Batch batch = (Watch.Batch) watch.next();
      assertThat(batch.events()).extracting(Event::revision).containsExactly(revision);
    }
  }

  @Test
  void whoCompactsUnderAWatchOfAnotherEndsItOnlyIfItHadFallenBehind() throws Exception {
    long old = ((Outcome.Committed) store.put("a", new byte[0], Store.ABSENT)).revision();
    try (Store other = connect()) {
      long last = old;
      for (int i = 0; i < 10; i++) {
        last = ((Outcome.Committed) other.put("a", new byte[] {(byte) i}, last)).revision();
      }
      try (Watch watch = store.watch("\u0001", "\uffff", old)) {
        other.compact(last);
        int seen = 0;
        while (seen < 10) {
          seen += ((Watch.Batch) watch.next()).events().size();
        }
      }
      try (Store late = connect();
          Watch watch = late.watch("\u0001", "\uffff", old)) {
        assertThat(watch.next()).isEqualTo(new Watch.Compacted());
      }
    }
  }

  @Test
  void twoStoresOnOneEtcdReadWhatTheOtherWrote() {
    try (Store other = connect()) {
      long expected = Store.ABSENT;
      for (int i = 0; i < 20; i++) {
        Store writer = i % 2 == 0 ? store : other;
        Store reader = i % 2 == 0 ? other : store;
        long written = ((Outcome.Committed) writer.put("a", new byte[0], expected)).revision();
        assertThat(reader.readIndex().join()).isGreaterThanOrEqualTo(written);
        assertThat(reader.get("a")).extracting(Store.Entry::modRevision).isEqualTo(written);
        expected = written;
      }
    }
  }
}
