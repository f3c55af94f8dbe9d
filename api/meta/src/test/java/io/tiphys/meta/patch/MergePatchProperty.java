package io.tiphys.meta.patch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MergePatchProperty {

  @Provide
  Arbitrary<Json.Obj> objects() {
    Arbitrary<String> names = Arbitraries.of("a", "b", "c", "d");
    Arbitrary<Json> scalars =
        Arbitraries.integers().between(0, 3).map(number -> new Json.Int(number));
    return objects(names, objects(names, scalars).map(Function.identity()));
  }

  private static Arbitrary<Json.Obj> objects(Arbitrary<String> names, Arbitrary<Json> values) {
    Arbitrary<Json> scalars =
        Arbitraries.integers().between(0, 3).map(number -> new Json.Int(number));
    return Arbitraries.maps(names, Arbitraries.oneOf(values, scalars))
        .ofMaxSize(4)
        .map(Json.Obj::new);
  }

  @Property
  void theDifferenceLeadsFromOneToTheOther(
      @ForAll("objects") Json.Obj from, @ForAll("objects") Json.Obj to) {
    assertThat(MergePatch.apply(from, MergePatch.diff(from, to))).isEqualTo(to);
  }

  @Property
  void applyingTwiceChangesNothingMore(
      @ForAll("objects") Json.Obj target, @ForAll("objects") Json.Obj patch) {
    Json.Obj once = MergePatch.apply(target, patch);
    assertThat(MergePatch.apply(once, patch)).isEqualTo(once);
  }

  @Property
  void nothingDiffersFromItself(@ForAll("objects") Json.Obj object) {
    assertThat(MergePatch.diff(object, object)).isEqualTo(Json.Obj.EMPTY);
  }
}
