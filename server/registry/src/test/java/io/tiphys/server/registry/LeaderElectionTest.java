package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoordinationV1;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.LeaderElection;
import io.tiphys.client.LeaderElection.Candidate;
import io.tiphys.client.Source;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes that want to lead, over the real server. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LeaderElectionTest {
  private final ManualClock clock = new ManualClock();
  private final BlockingQueue<String> told = new ArrayBlockingQueue<>(100);
  private ApiServerFixture apiServer;
  private Source source;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture();
    apiServer.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"kube-system\"}}").expect(201);
    source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private LeaderElection compete(String identity) {
    return compete(identity, source, work(identity));
  }

  private LeaderElection compete(String identity, Source through, LeaderElection.Work work) {
    return LeaderElection.open(
        through,
        new Candidate("kube-system", "controllers", identity),
        work,
        clock,
        new Loops(clock, new Random(1)));
  }

  private LeaderElection.Work work(String identity) {
    return _ -> {
      told.add(identity + " begins");
      return () -> told.add(identity + " ends");
    };
  }

  /**
   * Lets everybody look once more, as soon as all have looked.
   *
   * @param before timers then: one of each candidate that waits, and the leader's deadline
   * @param after timers when all have looked
   */
  private void pass(Duration duration, int before, int after) {
    await(before);
    clock.advance(duration);
    await(after);
  }

  private void await(int timers) {
    while (clock.waiting() < timers) {
      Thread.onSpinWait();
    }
  }

  private LeaseSpec lease() {
    return source.get(CoordinationV1.LEASES, "kube-system", "controllers").spec();
  }

  @Test
  void oneLeadsAndWhenItLeavesTheOtherFollowsAtOnce() throws Exception {
    LeaderElection a = compete("a");
    assertThat(told.take()).isEqualTo("a begins");
    try (LeaderElection _ = compete("b")) {
      for (int i = 0; i < 20; i++) {
        pass(Duration.ofSeconds(2), 3, 3);
      }
      assertThat(told).as("a renews").isEmpty();
      assertThat(lease().holderIdentity()).isEqualTo("a");

      a.close();
      assertThat(told.take()).isEqualTo("a ends");
      pass(Duration.ofSeconds(2), 1, 2);
      assertThat(told.take()).isEqualTo("b begins");
      assertThat(lease().holderIdentity()).isEqualTo("b");
      assertThat(lease().leaseTransitions()).isEqualTo(1);
    }
    assertThat(told.take()).isEqualTo("b ends");
  }

  @Test
  void whoFindsAnothersNameInTheLeaseStopsAndTakesOverWhenThatOneIsSilent() throws Exception {
    try (LeaderElection _ = compete("a")) {
      assertThat(told.take()).isEqualTo("a begins");
      apiServer
          .merge(
              "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/controllers",
              "{\"spec\":{\"holderIdentity\":\"thief\"}}")
          .expect(200);
      pass(Duration.ofSeconds(2), 2, 1);
      assertThat(told.take()).isEqualTo("a ends");
      for (int i = 0; i < 7; i++) {
        pass(Duration.ofSeconds(2), 1, 1);
      }
      assertThat(told).as("the thief has 15 s").isEmpty();
      pass(Duration.ofSeconds(2), 1, 2);
      assertThat(told.take()).isEqualTo("a begins");
    }
  }

  @Test
  void theLeaseIsRenewedWhileTheWorkIsStillBeginning() throws Exception {
    LeaderElection.Work slow =
        _ -> {
          told.add("begins");
          new CountDownLatch(1).await();
          return () -> told.add("ends");
        };
    try (LeaderElection _ = compete("a", source, slow)) {
      assertThat(told.take()).isEqualTo("begins");
      for (int i = 0; i < 10; i++) {
        pass(Duration.ofSeconds(2), 2, 2);
      }
      assertThat(lease().renewTime()).isEqualTo(clock.now());
      assertThat(told).isEmpty();
    }
  }

  @Test
  void theWorkEndsAtTheDeadlineThoughARenewalHangs() throws Exception {
    AtomicBoolean hanging = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    Source slow =
        (Source)
            Proxy.newProxyInstance(
                Source.class.getClassLoader(),
                new Class<?>[] {Source.class},
                (_, method, arguments) -> {
                  if (hanging.get() && method.getName().equals("update")) {
                    told.add("hangs");
                    over.await();
                  }
                  try {
                    return method.invoke(source, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    try (LeaderElection _ = compete("a", slow, work("a"))) {
      assertThat(told.take()).isEqualTo("a begins");
      await(2);
      hanging.set(true);
      clock.advance(Duration.ofSeconds(2));
      assertThat(told.take()).isEqualTo("hangs");
      clock.advance(Duration.ofSeconds(8));
      assertThat(told.take()).isEqualTo("a ends");
      hanging.set(false);
      over.countDown(); // it did renew, 8 s ago
      assertThat(told.take()).isEqualTo("a begins");
    }
  }
}
