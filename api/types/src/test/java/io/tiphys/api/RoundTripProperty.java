package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import io.tiphys.codec.TreeReader;
import io.tiphys.codec.TreeWriter;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever any record holds survives every encoding. Each try is one value of every type. */
class RoundTripProperty {
  /** Some 500 types a try: enough to see every field present and absent many times over. */
  private static final int TRIES = 10;

  @Property(tries = TRIES)
  void jsonText(@ForAll long seed) {
    check(
        seed,
        value -> {
          JsonWriter out = new JsonWriter();
          AllTypes.write(value, out);
          JsonReader in = JsonReader.strict(out.toByteArray());
          Object read = AllTypes.read(value.getClass(), in);
          assertThat(in.strictErrors()).isEmpty();
          return read;
        });
  }

  @Property(tries = TRIES)
  void jsonTree(@ForAll long seed) {
    check(
        seed,
        value -> {
          TreeWriter out = new TreeWriter();
          AllTypes.write(value, out);
          return AllTypes.read(value.getClass(), TreeReader.of(out.tree()));
        });
  }

  @Property(tries = TRIES)
  void protobuf(@ForAll long seed) {
    check(seed, value -> AllTypes.readProto(value.getClass(), AllTypes.writeProto(value)));
  }

  private static void check(long seed, UnaryOperator<Object> trip) {
    for (Class<? extends Record> type : AllTypes.ALL) {
      Object value = new RandomRecords(seed).next(type);
      Object back = trip.apply(value);
      assertThat(back).as(AllTypes.name(type)).isEqualTo(value);
      assertThat(back.hashCode()).as(AllTypes.name(type)).isEqualTo(value.hashCode());
    }
  }
}
