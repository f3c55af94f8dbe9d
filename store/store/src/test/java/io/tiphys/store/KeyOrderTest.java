package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The order of keys is that of their bytes. */
class KeyOrderTest {
  @Property
  void comparesLikeUtf8Bytes(@ForAll String a, @ForAll String b) {
    Assume.that(UTF_8.newEncoder().canEncode(a) && UTF_8.newEncoder().canEncode(b));
    int expected = Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
    assertThat(Integer.signum(KeyOrder.compare(a, b))).isEqualTo(Integer.signum(expected));
  }
}
