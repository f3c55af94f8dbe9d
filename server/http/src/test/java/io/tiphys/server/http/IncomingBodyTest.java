package io.tiphys.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.tiphys.api.ApiFailure;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IncomingBodyTest {
  private final ByteBudget budget = new ByteBudget(1000);

  private IncomingBody body(long announced) {
    return new IncomingBody(budget, announced, _ -> {});
  }

  private static void add(IncomingBody body, int bytes) {
    body.append(Unpooled.wrappedBuffer(new byte[bytes]));
  }

  @Test
  void whatIsHeldGrowsWithWhatArrivesNotWithWhatIsAnnounced() {
    IncomingBody body = body(900);
    assertThat(budget.taken()).isZero();
    add(body, 10);
    assertThat(budget.taken()).isEqualTo(10);
    add(body, 20);
    body.finish();

    assertThat(body.bytes()).hasSize(30);
    assertThat(budget.taken()).isEqualTo(30);
    body.release();
    body.release();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void whereTheBudgetEndsTheClientComesAgain() {
    IncomingBody first = body(-1);
    add(first, 700);
    IncomingBody second = body(-1);
    add(second, 200);
    add(second, 200);
    second.finish();

    assertThatThrownBy(second::bytes)
        .isInstanceOfSatisfying(ApiFailure.class, f -> assertThat(f.code()).isEqualTo(429));
    assertThat(budget.taken()).isEqualTo(700);
    first.release();
    second.release();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void theRestIsAskedForOnceAndOnlyWhenItIsWanted() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    IncomingBody body =
        new IncomingBody(
            budget,
            20,
            wanted -> {
              assertThat(wanted).isTrue();
              asked.countDown();
            });
    add(body, 5);
    assertThat(asked.getCount()).isEqualTo(1);

    AtomicReference<byte[]> read = new AtomicReference<>();
    Thread reader = Thread.ofVirtual().start(() -> read.set(body.bytes()));
    asked.await();
    add(body, 15);
    body.finish();
    reader.join();
    assertThat(read.get()).hasSize(20);
  }

  @Test
  void aClientThatGoesInTheMiddleWakesTheReader() {
    IncomingBody body = body(20);
    body.cut();

    assertThatThrownBy(body::bytes).isInstanceOf(ApiFailure.class);
  }
}
