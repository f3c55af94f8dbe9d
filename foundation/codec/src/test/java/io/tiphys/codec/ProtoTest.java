package io.tiphys.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProtoTest {
  @Property
  void readsBackWhatWasWritten(
      @ForAll String text,
      @ForAll int small,
      @ForAll long large,
      @ForAll boolean flag,
      @ForAll double real,
      @ForAll byte[] bytes) {
    ProtoWriter out = new ProtoWriter();
    int outer = out.beginMessage(1);
    int inner = out.beginMessage(2);
    out.writeString(3, text);
    out.writeInt32(4, small);
    out.endMessage(inner);
    out.writeInt64(5, large);
    out.endMessage(outer);
    out.writeBool(6, flag);
    out.writeDouble(7, real);
    out.writeBytes(80_000, Bytes.wrap(bytes));

    ProtoReader in = new ProtoReader(out.toByteArray());
    assertThat(in.readTag()).isEqualTo(1 << 3 | 2);
    ProtoReader first = in.readMessage();
    assertThat(first.readTag()).isEqualTo(2 << 3 | 2);
    ProtoReader second = first.readMessage();
    assertThat(second.readTag()).isEqualTo(3 << 3 | 2);
    assertThat(second.readString()).isEqualTo(wellFormed(text));
    assertThat(second.readTag()).isEqualTo(4 << 3);
    assertThat(second.readInt32()).isEqualTo(small);
    assertThat(second.readTag()).isZero();
    assertThat(first.readTag()).isEqualTo(5 << 3);
    assertThat(first.readInt64()).isEqualTo(large);
    assertThat(first.readTag()).isZero();
    assertThat(in.readTag()).isEqualTo(6 << 3);
    assertThat(in.readBool()).isEqualTo(flag);
    assertThat(in.readTag()).isEqualTo(7 << 3 | 1);
    assertThat(in.readDouble()).isEqualTo(real);
    assertThat(in.readTag()).isEqualTo(80_000 << 3 | 2);
    assertThat(in.readBytes()).isEqualTo(Bytes.wrap(bytes));
    assertThat(in.readTag()).isZero();
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 200) byte[] input) {
    try {
      drain(new ProtoReader(input));
    } catch (CodecException e) {
      assertThat(e).hasMessageMatching("proto: .*|unexpected EOF");
    }
  }

  @Test
  void aCutMessageIsRefusedUnlessItEndsBetweenFields() {
    ProtoWriter out = new ProtoWriter();
    out.writeString(1, "nginx");
    out.writeInt64(2, 1L << 40);
    out.writeDouble(3, 2.5);
    byte[] whole = out.toByteArray();

    assertThat(whole).hasSize(7 + 7 + 9);
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length == 7 || length == 14) {
        drain(new ProtoReader(cut));
      } else {
        assertThatThrownBy(() -> drain(new ProtoReader(cut))).hasMessage("unexpected EOF");
      }
    }
  }

  @Test
  void mapsAreEntriesInTheOrderOfTheirKeys() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("b", "2");
    map.put("a", "1");
    ProtoWriter out = new ProtoWriter();
    out.writeStringMap(4, map);

    assertThat(out.toByteArray())
        .containsExactly(34, 6, 10, 1, 'a', 18, 1, '1', 34, 6, 10, 1, 'b', 18, 1, '2');
    ProtoReader in = new ProtoReader(out.toByteArray());
    Map<String, String> read = new LinkedHashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      in.readStringEntry(read);
    }
    assertThat(read).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
  }

  @Test
  void lengthsOfEverySizeFindTheirPlace() {
    for (int length : new int[] {0, 127, 128, 16_383, 16_384, 2_097_152}) {
      ProtoWriter out = new ProtoWriter();
      int mark = out.beginMessage(1);
      out.writeString(1, "x".repeat(length));
      out.endMessage(mark);
      ProtoReader in = new ProtoReader(out.toByteArray());
      in.readTag();
      ProtoReader message = in.readMessage();
      message.readTag();
      assertThat(message.readString()).hasSize(length);
      assertThat(in.atEnd()).isTrue();
    }
  }

  @Test
  void groupsNestedWithoutEndDoNotOverflowTheStack() {
    byte[] open = new byte[1_000_000];
    Arrays.fill(open, (byte) (1 << 3 | 3));

    assertThatThrownBy(() -> drain(new ProtoReader(open))).hasMessage("unexpected EOF");
  }

  private static void drain(ProtoReader in) {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      in.skip(tag);
    }
  }

  private static String wellFormed(String text) {
    return Bytes.utf8(text).text();
  }
}
