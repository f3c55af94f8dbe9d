package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoordinationV1;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.LeaderElection;
import io.tiphys.client.LeaderElection.Candidate;
import io.tiphys.client.Source;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
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
    return LeaderElection.open(
        source,
        new Candidate("kube-system", "controllers", identity),
        () -> {
          told.add(identity + " begins");
          return () -> told.add(identity + " ends");
        },
        clock,
        new Loops(clock, new Random(1)));
  }

  /** Lets everybody look once more, as soon as all have looked. */
  private void pass(Duration duration, int candidates) {
    while (clock.waiting() < candidates) {
      Thread.onSpinWait();
    }
    clock.advance(duration);
    while (clock.waiting() < candidates) {
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
        pass(Duration.ofSeconds(2), 2);
      }
      assertThat(told).as("a renews").isEmpty();
      assertThat(lease().holderIdentity()).isEqualTo("a");

      a.close();
      assertThat(told.take()).isEqualTo("a ends");
      pass(Duration.ofSeconds(2), 1);
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
      pass(Duration.ofSeconds(2), 1);
      assertThat(told.take()).isEqualTo("a ends");
      for (int i = 0; i < 7; i++) {
        pass(Duration.ofSeconds(2), 1);
      }
      assertThat(told).as("the thief has 15 s").isEmpty();
      pass(Duration.ofSeconds(2), 1);
      assertThat(told.take()).isEqualTo("a begins");
    }
  }
}
