package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The persistent tree behaves as a TreeMap does, and every older state of it stays as it was. */
class SortedTreeProperty {
  @Property(tries = 200)
  void everyStateIsThatOfATreeMap(
      @ForAll @Size(max = 200) List<@IntRange(min = -60, max = 60) Integer> steps) {
    SortedTree<Integer> tree = SortedTree.empty();
    TreeMap<String, Integer> model = new TreeMap<>();
    List<SortedTree<Integer>> states = new ArrayList<>();
    List<Map<String, Integer>> models = new ArrayList<>();
    for (int step : steps) {
      String key = key(Math.abs(step));
      if (step < 0) {
        tree = tree.without(key);
        model.remove(key);
      } else {
        tree = tree.with(key, step);
        model.put(key, step);
      }
      states.add(tree);
      models.add(new TreeMap<>(model));
    }
    for (int i = 0; i < states.size(); i++) {
      SortedTree<Integer> state = states.get(i);
      TreeMap<String, Integer> expected = new TreeMap<>(models.get(i));
      assertThat(state.size()).isEqualTo(expected.size());
      assertThat(state.values("", "")).containsExactlyElementsOf(expected.values());
      assertThat(state.values(key(10), key(40)))
          .containsExactlyElementsOf(expected.subMap(key(10), key(40)).values());
      assertThat(state.count(key(10), "")).isEqualTo(expected.tailMap(key(10), true).size());
      assertThat(state.get(key(7))).isEqualTo(expected.get(key(7)));
    }
  }

  private static String key(int number) {
    return String.format("%03d", number);
  }
}
