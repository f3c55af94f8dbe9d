package io.tiphys.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody's question for progress is lost, and none is answered by what is older. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProgressTest {
  @Test
  void whoAsksWhileOthersAreServedIsServedByTheNextWrite() throws Exception {
    BlockingQueue<CountDownLatch> writes = new ArrayBlockingQueue<>(10);
    List<String> served = new ArrayList<>();
    long[] revision = {0};
    Progress progress =
        new Progress(
            () -> {
              CountDownLatch answered = new CountDownLatch(1);
              writes.add(answered);
              try {
                answered.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return ++revision[0];
            },
            (at, action) -> {
              served.add("at " + at);
              action.run();
            });
    Thread first = Thread.startVirtualThread(() -> progress.ask(() -> served.add("first")));
    CountDownLatch firstWrite = writes.take();
    progress.ask(() -> served.add("second")); // returns at once: the first serves it too
    progress.ask(() -> served.add("third"));
    firstWrite.countDown();
    writes.take().countDown();
    first.join();
    assertThat(served).containsExactly("at 1", "first", "at 2", "second", "third");
  }
}
