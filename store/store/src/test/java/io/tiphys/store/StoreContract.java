package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.store.Store.Compare;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Range;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of {@link Store}: every form of it extends this suite and passes it whole. */
public abstract class StoreContract extends ConcurrencyContract {
  @Test
  void anEmptyStoreHasARevisionAndNothingElse() {
    long revision = revision();
    assertThat(revision).isPositive();
    assertThat(store.get("a")).isNull();
    assertThat(page(FIRST, LAST, Store.NEWEST, 0))
        .isEqualTo(new Range.Page(List.of(), revision, 0));
  }

  @Test
  void everyChangeRaisesTheRevision() {
    long start = revision();
    long first = put("a", "1");
    long second = put("b", "1");
    long third = delete("a");
    assertThat(List.of(start, first, second, third)).isSorted().doesNotHaveDuplicates();
    assertThat(revision()).isEqualTo(third);
    store.revisionAtHand().ifPresent(known -> assertThat(known).isEqualTo(third));

    assertThat(delete("a")).as("nothing was changed").isEqualTo(third);
    assertThat(revision()).isEqualTo(third);
  }

  @Test
  void anEntryKnowsWhenItWasCreatedAndChanged() {
    long created = put("a", "1");
    long changed = put("a", "2");
    Entry entry = entry("a");
    assertThat(show(entry)).isEqualTo("a=2");
    assertThat(entry.createRevision()).isEqualTo(created);
    assertThat(entry.modRevision()).isEqualTo(changed);

    delete("a");
    assertThat(store.get("a")).isNull();
    long again = put("a", "3");
    assertThat(entry("a").createRevision()).isEqualTo(again);
  }

  @Test
  void anEmptyValueIsAValue() {
    put("a", "");
    assertThat(entry("a").value()).isEmpty();
    assertThat(state(Store.NEWEST)).containsExactly("a=");
  }

  @Test
  void aLargeValueComesBackWhole() {
    byte[] value = new byte[1_500_000];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) ((i * 31) >> 3);
    }
    committed(store.put("large", value, Store.ABSENT));
    assertThat(entry("large").value()).isEqualTo(value);
  }

  @Test
  void aWriteHappensOnlyWhileOtherKeysAreAsItWasDecidedUpon() {
    long parent = put("parent", "1");
    Compare unchanged = new Compare("parent", parent);
    committed(putIf("a", unchanged));
    committed(putIf("b", unchanged, new Compare("absent", Store.ABSENT)));

    long changed = put("parent", "2");
    Outcome outcome = putIf("c", unchanged);
    assertThat(((Outcome.Conflict) outcome).compare()).isEqualTo(unchanged);
    assertThat(show(conflicting(outcome))).isEqualTo("parent=2");
    committed(putIf("c", new Compare("parent", changed)));

    delete("parent");
    long before = revision();
    assertThat(putIf("d", new Compare("parent", changed)))
        .isEqualTo(new Outcome.Conflict(new Compare("parent", changed), null));
    assertThat(revision()).isEqualTo(before);
    committed(putIf("d", new Compare("parent", Store.ABSENT)));
    assertThat(store.get("parent")).isNull();
  }

  private Outcome putIf(String key, Compare... compares) {
    TxnBuilder txn = txn().when(key, Store.ABSENT);
    List.of(compares).forEach(compare -> txn.when(compare.key(), compare.modRevision()));
    return store.commit(txn.put(key, "").build());
  }

  @Test
  void theChangesOfATransactionHappenTogetherOrNotAtAll() {
    long a = put("a", "1");
    long b = put("b", "1");
    TxnBuilder change = txn().when("a", a).when("b", b).put("a", "2").put("c", "1").delete("b");
    long both = committed(store.commit(change.build()));
    assertThat(state(both)).containsExactly("a=2", "c=1");
    assertThat(state(b)).containsExactly("a=1", "b=1");
    assertThat(entry("a").modRevision()).isEqualTo(both);
    assertThat(entry("c").createRevision()).isEqualTo(both);

    Outcome again = store.commit(change.build());
    assertThat(((Outcome.Conflict) again).compare()).isEqualTo(new Compare("a", a));
    assertThat(show(conflicting(again))).isEqualTo("a=2");
    assertThat(revision()).isEqualTo(both);
  }

  @Test
  void aTransactionIsSmallAndChangesAKeyOnce() {
    TxnBuilder largest = txn();
    for (int i = 0; i < Store.MAX_CHANGES; i++) {
      largest.put("k" + i, "1");
    }
    committed(store.commit(largest.build()));
    assertThat(state(Store.NEWEST)).hasSize(Store.MAX_CHANGES);
    TxnBuilder more = largest.put("more", "1");
    for (TxnBuilder wrong :
        List.of(more, txn(), txn().put("a", "1").delete("a"), txn().put("a", "1").put("a", "2"))) {
      assertThatThrownBy(wrong::build).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aWriteWithAWrongExpectationChangesNothingAndSaysWhatIsThere() {
    long first = put("a", "1");
    long second = put("a", "2");

    for (long wrong : new long[] {Store.ABSENT, first, second + 1}) {
      assertThat(show(conflicting(store.put("a", new byte[0], wrong)))).isEqualTo("a=2");
      assertThat(show(conflicting(store.delete("a", wrong)))).isEqualTo("a=2");
    }
    assertThat(conflicting(store.put("b", new byte[0], first))).isNull();
    assertThat(conflicting(store.delete("b", first))).isNull();
    assertThat(revision()).isEqualTo(second);
  }

  @Test
  void aWriteWithTheRightExpectationHappens() {
    long created = committed(store.put("a", "1".getBytes(UTF_8), Store.ABSENT));
    long changed = committed(store.put("a", "2".getBytes(UTF_8), created));
    long deleted = committed(store.delete("a", changed));
    assertThat(committed(store.put("a", new byte[0], Store.ABSENT))).isGreaterThan(deleted);
  }

  @Test
  void aRangeReadsTheStateOfItsRevision() {
    long first = put("a", "1");
    long second = put("b", "1");
    long third = put("a", "2");
    long fourth = delete("b");

    assertThat(state(first)).containsExactly("a=1");
    assertThat(state(second)).containsExactly("a=1", "b=1");
    assertThat(state(third)).containsExactly("a=2", "b=1");
    assertThat(state(fourth)).containsExactly("a=2");
    assertThat(state(Store.NEWEST)).containsExactly("a=2");
    assertThat(page(FIRST, LAST, second, 0).revision()).isEqualTo(second);
    assertThat(page(FIRST, LAST, Store.NEWEST, 0).revision()).isEqualTo(fourth);
    assertThat(store.range(FIRST, LAST, fourth + 1, 0)).isEqualTo(new Range.Future());
  }

  @Test
  void aRangeHoldsItsFirstKeyAndNotItsLast() {
    List.of("a", "b", "b0", "c").forEach(key -> put(key, "1"));
    assertThat(keys(page("b", "c", Store.NEWEST, 0))).containsExactly("b", "b0");
    assertThat(keys(page("b", "b", Store.NEWEST, 0))).isEmpty();
    assertThat(keys(page("c", "a", Store.NEWEST, 0))).isEmpty();
  }

  @Test
  void keysAreOrderedByTheBytesOfTheirUtf8Form() {
    List<String> ordered =
        List.of(
            "a",
            "a\u0000",
            "a\u0000b",
            "a\u0001",
            "a-",
            "a/b",
            "a0",
            "aa",
            "é",
            "中",
            "\ufffd",
            "\ud83d\ude00");
    ordered.reversed().forEach(key -> put(key, "1"));
    assertThat(keys(page(FIRST, "\udbff\udfff", Store.NEWEST, 0))).isEqualTo(ordered);
    assertThat(keys(page("a\u0000", "a\u0001", Store.NEWEST, 0)))
        .containsExactly("a\u0000", "a\u0000b");
  }

  @Test
  void aKeyThatCannotBeStoredIsRefused() {
    assertThatThrownBy(() -> put("", "1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> put("\ud83d", "1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLimitedRangeSaysHowManyFollow() {
    for (int i = 0; i < 10; i++) {
      put("k" + i, "1");
      put("k" + i, "2");
    }
    long revision = delete("k5");
    Range.Page page = page(FIRST, LAST, Store.NEWEST, 4);
    assertThat(keys(page)).containsExactly("k0", "k1", "k2", "k3");
    assertThat(page.remaining()).isEqualTo(5);

    put("k5", "again");
    Range.Page rest = page("k3\u0000", LAST, revision, 0);
    assertThat(keys(rest)).containsExactly("k4", "k6", "k7", "k8", "k9");
    assertThat(rest.remaining()).isZero();
    assertThat(page(FIRST, LAST, Store.NEWEST, 10).remaining()).isZero();
    assertThat(page(FIRST, LAST, revision, 1).remaining()).isEqualTo(8);
  }

  @Test
  void compactionForgetsTheStatesBefore() {
    long first = put("a", "1");
    put("gone", "1");
    long second = put("a", "2");
    delete("gone");
    long third = put("b", "1");
    long fourth = put("a", "3");

    store.compact(third);

    assertThat(store.range(FIRST, LAST, first, 0)).isEqualTo(new Range.Compacted());
    assertThat(store.range(FIRST, LAST, second, 0)).isEqualTo(new Range.Compacted());
    assertThat(state(third)).containsExactly("a=2", "b=1");
    assertThat(state(fourth)).containsExactly("a=3", "b=1");
    assertThat(show(store.get("b"))).isEqualTo("b=1");
  }

  @Test
  void compactionNeverGoesBackNorAhead() {
    put("a", "1");
    long second = put("a", "2");
    store.compact(second);
    store.compact(second);
    store.compact(second - 1);
    assertThatThrownBy(() -> store.compact(second + 1)).isInstanceOf(StoreException.class);
    assertThat(state(second)).containsExactly("a=2");
    assertThat(store.range(FIRST, LAST, second - 1, 0)).isEqualTo(new Range.Compacted());
    assertThat(put("a", "3")).isGreaterThan(second);
  }

  @Test
  void aKeyWithATimeToLiveIsDeletedAfterIt() throws Exception {
    long start = revision();
    try (Watch watch = store.watch(FIRST, LAST, start)) {
      put("a", "1", Duration.ofSeconds(2));
      put("stays", "1");
      assertThat(show(store.get("a"))).isEqualTo("a=1");

      letPass(Duration.ofSeconds(3));

      assertThat(shown(watch, 3).getLast()).endsWith(" -a");
      assertThat(state(Store.NEWEST)).containsExactly("stays=1");
    }
  }

  @Test
  void keysOfOneTransactionEndEachForItself() throws Exception {
    Duration two = Duration.ofSeconds(2);
    try (Watch watch = store.watch(FIRST, LAST, revision())) {
      committed(store.commit(txn().put("a", "1", two).put("b", "1", two).put("c", "1").build()));
      letPass(Duration.ofSeconds(3));
      read(watch, 5);
      assertThat(state(Store.NEWEST)).containsExactly("c=1");
    }
  }

  @Test
  void aNewWriteEndsTheOldTimeToLive() throws Exception {
    Duration two = Duration.ofSeconds(2);
    try (Watch watch = store.watch(FIRST, LAST, revision())) {
      put("forever", "1", two);
      put("longer", "1", two);
      put("deleted", "1", two);
      put("forever", "2");
      put("longer", "2", Duration.ofMinutes(10));
      delete("deleted");
      put("deleted", "2");
      put("witness", "1", two);

      letPass(Duration.ofSeconds(4));

      assertThat(shown(watch, 9).getLast()).endsWith(" -witness");
    }
    assertThat(state(Store.NEWEST)).containsExactly("deleted=2", "forever=2", "longer=2");
  }

  @Test
  void aClosedStoreRefusesWork() {
    put("a", "1");
    store.close();
    store.close();
    assertThatThrownBy(() -> put("a", "2")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> delete("a")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.compact(1)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.range(FIRST, LAST, 0, 0)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.watch(FIRST, LAST, 1)).isInstanceOf(StoreException.class);
  }

  private static List<String> keys(Range.Page page) {
    return page.entries().stream().map(Entry::key).toList();
  }
}
