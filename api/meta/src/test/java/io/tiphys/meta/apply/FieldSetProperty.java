package io.tiphys.meta.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Field sets against sets of paths. */
class FieldSetProperty {

  @Provide
  Arbitrary<Set<List<PathElement>>> paths() {
    Arbitrary<PathElement> elements =
        Arbitraries.of(
            PathElement.field("a"),
            PathElement.field("b"),
            PathElement.key(Map.of("n", new Json.Str("x"))),
            PathElement.key(Map.of("n", new Json.Str("x"), "p", new Json.Int(1))),
            PathElement.value(new Json.Int(1)),
            PathElement.value(new Json.Str("1")),
            PathElement.value(new Json.Num(1.5)),
            PathElement.index(3));
    return elements.list().ofMinSize(1).ofMaxSize(3).set().ofMaxSize(12);
  }

  private static FieldSet set(Set<List<PathElement>> paths) {
    FieldSet set = FieldSet.EMPTY;
    for (List<PathElement> path : paths) {
      set = set.union(FieldSet.of(path));
    }
    return set;
  }

  private static Set<List<PathElement>> pathsOf(FieldSet set) {
    List<List<PathElement>> paths = new ArrayList<>();
    set.forEachPath(paths::add);
    assertThat(paths).doesNotHaveDuplicates().hasSize(set.size());
    return Set.copyOf(paths);
  }

  @Property
  void holdsItsPaths(@ForAll("paths") Set<List<PathElement>> paths) {
    assertThat(pathsOf(set(paths))).isEqualTo(paths);
    assertThat(paths).allMatch(set(paths)::contains);
  }

  @Property
  void survivesFieldsV1(@ForAll("paths") Set<List<PathElement>> paths) {
    assertThat(FieldSet.ofJson(set(paths).toJson())).isEqualTo(set(paths));
  }

  @Property
  void unites(
      @ForAll("paths") Set<List<PathElement>> left, @ForAll("paths") Set<List<PathElement>> right) {
    Set<List<PathElement>> both = new HashSet<>(left);
    both.addAll(right);
    assertThat(pathsOf(set(left).union(set(right)))).isEqualTo(both);
  }

  @Property
  void intersects(
      @ForAll("paths") Set<List<PathElement>> left, @ForAll("paths") Set<List<PathElement>> right) {
    Set<List<PathElement>> both = new HashSet<>(left);
    both.retainAll(right);
    assertThat(pathsOf(set(left).intersection(set(right)))).isEqualTo(both);
  }

  @Property
  void subtracts(
      @ForAll("paths") Set<List<PathElement>> left, @ForAll("paths") Set<List<PathElement>> right) {
    Set<List<PathElement>> rest = new HashSet<>(left);
    rest.removeAll(right);
    assertThat(pathsOf(set(left).difference(set(right)))).isEqualTo(rest);
    rest.removeIf(path -> beginsWithOne(path, right));
    assertThat(pathsOf(set(left).recursiveDifference(set(right)))).isEqualTo(rest);
  }

  private static boolean beginsWithOne(List<PathElement> path, Set<List<PathElement>> prefixes) {
    for (int i = 1; i <= path.size(); i++) {
      if (prefixes.contains(path.subList(0, i))) {
        return true;
      }
    }
    return false;
  }
}
