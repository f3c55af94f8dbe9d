package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Txn;
import io.tiphys.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

/** What happens after a write of which nobody knows whether it reached the disk. */
class CommitSequenceTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final List<String> published = new ArrayList<>();
  private Database database;
  private CommitSequence commits;
  private Fault fault = Fault.NONE;

  private enum Fault {
    NONE,
    BEFORE_WRITING,
    AFTER_WRITING
  }

  @BeforeEach
  void open() {
    NativeLibrary.load(TestFolders.NATIVE);
    database = new Database(folder);
    var history = new RocksHistory(database, () -> 0);
    commits =
        new CommitSequence(
            clock, database, this::write, history, () -> 0, (events, _) -> note(events));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void write(WriteBatch batch) {
    if (fault != Fault.BEFORE_WRITING) {
      database.writeSynced(batch);
    }
    if (fault != Fault.NONE) {
      throw new StoreException("the disk failed");
    }
  }

  private void note(List<Event> events) {
    events.forEach(event -> published.add(event.entry().modRevision() + event.entry().key()));
  }

  private List<Outcome> put(String... keys) {
    List<Txn> txns = new ArrayList<>();
    for (String key : keys) {
      txns.add(
          new Txn(
              List.of(new Store.Compare(key, Store.ABSENT)),
              List.of(new Store.Put(key, "v".getBytes(UTF_8), null)),
              List.of()));
    }
    return commits.commit(txns);
  }

  @Test
  void aWriteThatReachedTheDiskAfterAllIsPublishedBeforeTheNext() {
    put("a");
    fault = Fault.AFTER_WRITING;
    assertThatThrownBy(() -> put("b", "c")).hasMessage("the disk failed");
    assertThat(commits.revision()).isEqualTo(2);
    fault = Fault.NONE;
    clock.advance(Duration.ofSeconds(1));

    List<Outcome> outcomes = put("d", "b");

    assertThat(outcomes.get(0)).isEqualTo(new Outcome.Committed(5));
    assertThat(outcomes.get(1)).isInstanceOf(Outcome.Conflict.class);
    assertThat(published).containsExactly("2a", "3b", "4c", "5d");
  }

  @Test
  void aWriteThatDidNotReachTheDiskLeavesNoTrace() {
    put("a");
    fault = Fault.BEFORE_WRITING;
    assertThatThrownBy(() -> put("b", "c")).hasMessage("the disk failed");
    fault = Fault.NONE;
    clock.advance(Duration.ofSeconds(1));

    put("b");

    assertThat(published).containsExactly("2a", "3b");
  }

  @Test
  void nothingIsCommittedWhileInDoubt() {
    fault = Fault.AFTER_WRITING;
    assertThatThrownBy(() -> put("a")).hasMessage("the disk failed");
    fault = Fault.NONE;
    clock.advance(Duration.ofSeconds(1));
    put("b");
    fault = Fault.BEFORE_WRITING;
    assertThatThrownBy(() -> put("c")).hasMessage("the disk failed");
    fault = Fault.NONE;
    assertThatThrownBy(() -> put("d")).as("within the pause").hasMessage("the disk failed");
    assertThat(published).containsExactly("2a", "3b");
  }
}
