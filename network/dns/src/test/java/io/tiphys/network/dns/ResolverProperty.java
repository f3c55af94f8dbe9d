package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever bytes come in, something short and well-formed goes out, or nothing. */
class ResolverProperty {
  private static final int RESPONSE = 0x80;

  private final Resolver resolver = resolver();

  private static Resolver resolver() {
    try (SampleCluster cluster = new SampleCluster()) {
      ClusterZone zone = new ClusterZone("cluster.local", List.of(), cluster.view, new Random(1));
      return new Resolver(
          cluster.view,
          zone,
          new Forwarder(Machine.own().network(), List::of, new SystemClock(), new Random(1)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Property
  void survivesAnyBytes(@ForAll @Size(max = 80) byte[] message) {
    check(message);
  }

  @Property
  void survivesAnyChangeOfAQuestion(
      @ForAll @IntRange(min = 0, max = 50) int at, @ForAll byte value, @ForAll byte length) {
    byte[] message = new byte[60];
    byte[] question = MessageWriter.question("cassandra.default.svc.cluster.local", Data.SRV);
    System.arraycopy(question, 0, message, Query.HEADER_BYTES, question.length);
    message[5] = 1;
    message[at] = value;
    check(Arrays.copyOf(message, Math.floorMod(length, message.length + 1)));
  }

  private void check(byte[] message) {
    byte[] answer =
        switch (resolver.resolve(message, message.length, true)) {
          case Resolver.Step.Send(var bytes) -> bytes;
          case Resolver.Step.Wait(var work) -> work.get();
        };
    if (answer.length > 0) {
      assertThat(answer.length).isBetween(Query.HEADER_BYTES, MessageWriter.OUR_PAYLOAD);
      assertThat(answer[0]).isEqualTo(message[0]);
      assertThat(answer[2] & RESPONSE).isEqualTo(RESPONSE);
    }
  }
}
