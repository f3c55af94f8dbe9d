package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.store.Store.Condition;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Range;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of {@link Store}: every form of it extends this suite and passes it whole. */
public abstract class StoreContract extends ConcurrencyContract {
  @Test
  void anEmptyStoreStandsAtRevisionOne() {
    assertThat(store.revision()).isEqualTo(1);
    assertThat(store.compactedRevision()).isZero();
    assertThat(store.get("a")).isNull();
    assertThat(page(FIRST, LAST, Store.NEWEST, 0)).isEqualTo(new Range.Page(List.of(), 1, 0));
  }

  @Test
  void everyWriteRaisesTheRevisionByOne() {
    long start = store.revision();
    assertThat(put("a", "1")).isEqualTo(start + 1);
    assertThat(put("b", "1")).isEqualTo(start + 2);
    assertThat(delete("a")).isEqualTo(start + 3);
    assertThat(store.revision()).isEqualTo(start + 3);
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
    committed(store.put("large", value, Store.ABSENT, null));
    assertThat(entry("large").value()).isEqualTo(value);
  }

  @Test
  void aWriteHappensOnlyWhileOtherKeysAreAsItWasDecidedUpon() {
    long parent = put("parent", "1");
    Condition unchanged = new Condition("parent", parent);
    committed(putIf("a", unchanged));
    committed(putIf("b", unchanged, new Condition("absent", Store.ABSENT)));

    long changed = put("parent", "2");
    Outcome outcome = putIf("c", unchanged);
    assertThat(outcome).isInstanceOf(Outcome.Unmet.class);
    Outcome.Unmet unmet = (Outcome.Unmet) outcome;
    assertThat(unmet.condition()).isEqualTo(unchanged);
    assertThat(show(unmet.current())).isEqualTo("parent=2");
    committed(putIf("c", new Condition("parent", changed)));

    delete("parent");
    long before = store.revision();
    assertThat(putIf("d", new Condition("parent", changed)))
        .isEqualTo(new Outcome.Unmet(new Condition("parent", changed), null));
    assertThat(store.revision()).isEqualTo(before);
    committed(putIf("d", new Condition("parent", Store.ABSENT)));
    assertThat(store.get("parent")).isNull();
  }

  private Outcome putIf(String key, Condition... conditions) {
    return store.put(key, new byte[0], Store.ABSENT, null, List.of(conditions));
  }

  @Test
  void aWriteWithAWrongExpectationChangesNothingAndSaysWhatIsThere() {
    long first = put("a", "1");
    long second = put("a", "2");

    for (long wrong : new long[] {Store.ABSENT, first, second + 1}) {
      assertThat(show(conflicting(store.put("a", new byte[0], wrong, null)))).isEqualTo("a=2");
      assertThat(show(conflicting(store.delete("a", wrong)))).isEqualTo("a=2");
    }
    assertThat(conflicting(store.put("b", new byte[0], first, null))).isNull();
    assertThat(conflicting(store.delete("b", first))).isNull();
    assertThat(conflicting(store.delete("b", Store.ANY))).isNull();
    assertThat(store.revision()).isEqualTo(second);
  }

  @Test
  void aWriteWithTheRightExpectationSaysWhatWasThere() {
    Outcome created = store.put("a", "1".getBytes(UTF_8), Store.ABSENT, null);
    assertThat(((Outcome.Committed) created).previous()).isNull();
    Outcome changed = store.put("a", "2".getBytes(UTF_8), committed(created), null);
    assertThat(show(((Outcome.Committed) changed).previous())).isEqualTo("a=1");
    Outcome deleted = store.delete("a", committed(changed));
    assertThat(show(((Outcome.Committed) deleted).previous())).isEqualTo("a=2");
    assertThat(store.put("a", new byte[0], Store.ABSENT, null))
        .isEqualTo(new Outcome.Committed(committed(deleted) + 1, null));
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
    assertThat(store.range(FIRST, LAST, fourth + 1, 0)).isEqualTo(new Range.Future(fourth));
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

    assertThat(store.compactedRevision()).isEqualTo(third);
    assertThat(store.range(FIRST, LAST, first, 0)).isEqualTo(new Range.Compacted(third));
    assertThat(store.range(FIRST, LAST, second, 0)).isEqualTo(new Range.Compacted(third));
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
    assertThat(store.compactedRevision()).isEqualTo(second);
    assertThatThrownBy(() -> store.compact(second + 1)).isInstanceOf(StoreException.class);
    assertThat(state(second)).containsExactly("a=2");
    assertThat(put("a", "3")).isEqualTo(second + 1);
  }

  @Test
  void aKeyWithATimeToLiveIsDeletedAfterIt() throws Exception {
    long start = store.revision();
    try (Store.Watch watch = store.watch(FIRST, LAST, start)) {
      committed(store.put("a", "1".getBytes(UTF_8), Store.ANY, Duration.ofSeconds(2)));
      put("stays", "1");
      assertThat(show(store.get("a"))).isEqualTo("a=1");

      letPass(Duration.ofSeconds(3));

      assertThat(shown(watch, 3).getLast()).isEqualTo(start + 3 + " -a <- a=1");
      assertThat(state(Store.NEWEST)).containsExactly("stays=1");
    }
  }

  @Test
  void aNewWriteEndsTheOldTimeToLive() throws Exception {
    Duration two = Duration.ofSeconds(2);
    committed(store.put("forever", "1".getBytes(UTF_8), Store.ANY, two));
    committed(store.put("longer", "1".getBytes(UTF_8), Store.ANY, two));
    committed(store.put("deleted", "1".getBytes(UTF_8), Store.ANY, two));
    put("forever", "2");
    committed(store.put("longer", "2".getBytes(UTF_8), Store.ANY, Duration.ofSeconds(60)));
    delete("deleted");
    put("deleted", "2");

    letPass(Duration.ofSeconds(4));

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
