package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.LeaderElection;
import io.tiphys.client.LeaderElection.Candidate;
import io.tiphys.client.LeaderSource;
import io.tiphys.client.Source;
import io.tiphys.client.Term;
import io.tiphys.store.FaultyStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who no longer leads writes nothing any more, whether he knows it or not. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FencedWritesTest {
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/controllers";

  private final ManualClock clock = new ManualClock();
  private final VirtualTime time = new VirtualTime(clock);
  private final BlockingQueue<Term> terms = new ArrayBlockingQueue<>(10);
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private FaultyStore store;
  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    List<FaultyStore> made = new ArrayList<>();
    apiServer =
        new ApiServerFixture(
                memory -> {
                  FaultyStore faulty = new FaultyStore(memory);
                  made.add(faulty);
                  return faulty;
                })
            .furnished();
    store = made.getFirst();
    apiServer.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"kube-system\"}}").expect(201);
  }

  @AfterEach
  void close() {
    over.countDown();
    apiServer.close();
  }

  private LeaderElection compete(String identity, Source through) {
    return LeaderElection.open(
        through,
        new Candidate("kube-system", "controllers", identity),
        term -> {
          terms.add(term);
          return () -> {};
        },
        clock,
        new Loops(clock, new Random(1), VirtualTime.THREADS));
  }

  private Source plain() {
    return apiServer.api.source(ApiServerFixture.ADMIN, "test");
  }

  private Source writer(Term term) {
    return new LeaderSource(
        apiServer.api.source(ApiServerFixture.ADMIN, "controllers", term.fence()), term);
  }

  private static ConfigMap map(String name) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .build();
  }

  private static ApiFailure refusal(Runnable write) {
    return Objects.requireNonNull(catchThrowableOfType(ApiFailure.class, write::run));
  }

  /** Of a process in which nothing goes on while it is stopped. */
  private Source ofStoppedProcess() {
    Source source = plain();
    return (Source)
        Proxy.newProxyInstance(
            Source.class.getClassLoader(),
            new Class<?>[] {Source.class},
            (_, method, arguments) -> {
              if (stopped.get()) {
                over.await();
              }
              try {
                return method.invoke(source, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void aLeaderThatWasStoppedInItsWriteChangesNothingWhenItGoesOn() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    LeaderElection first = compete("a", ofStoppedProcess());
    Term term = terms.take();
    writer(term).create(CoreV1.CONFIGMAPS, map("before"));
    store.beforePut(
        key -> {
          if (key.endsWith("/late")) {
            reached.countDown();
            await(over);
          }
        });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        LeaderElection _ = compete("b", plain())) {
      Future<ApiFailure> late =
          threads.submit(() -> refusal(() -> writer(term).create(CoreV1.CONFIGMAPS, map("late"))));
      reached.await(); // all has been checked, and only the store is yet to be asked
      stopped.set(true);
      Term next = awaitTerm();
      assertThat(next.fence().identity()).isEqualTo("b");
      writer(next).create(CoreV1.CONFIGMAPS, map("next"));
      over.countDown();
      assertThat(late.get().status().message())
          .isEqualTo(
              "Operation cannot be fulfilled on leases.coordination.k8s.io \"controllers\": a no"
                  + " longer holds the lease kube-system/controllers");
      apiServer.get("/api/v1/namespaces/default/configmaps/late").expect(404);
    }
    first.close();
  }

  private Term awaitTerm() {
    assertThat(time.comesAbout(() -> !terms.isEmpty())).isTrue();
    return terms.remove();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoKnowsThatItsTermIsOverDoesNotEvenAsk() throws Exception {
    LeaderElection election = compete("a", plain());
    Term term = terms.take();
    Source writer = writer(term);
    writer.create(CoreV1.CONFIGMAPS, map("one"));
    election.close();
    assertThat(term.isOver()).isTrue();
    assertThat(refusal(() -> writer.create(CoreV1.CONFIGMAPS, map("two"))).isConflict()).isTrue();
    assertThat(refusal(() -> writer.update(CoreV1.CONFIGMAPS, map("one"))).isConflict()).isTrue();
    assertThat(
            refusal(() -> writer.delete(CoreV1.CONFIGMAPS, "default", "one", DeleteOptions.EMPTY))
                .isConflict())
        .isTrue();
    assertThat(writer.get(CoreV1.CONFIGMAPS, "default", "one").name()).isEqualTo("one");
  }

  @Test
  void everyWriteIsFencedAndARenewalStandsInNobodysWay() throws Exception {
    try (LeaderElection _ = compete("a", plain())) {
      Term term = terms.take();
      Source writer = apiServer.api.source(ApiServerFixture.ADMIN, "a", term.fence());
      AtomicBoolean once = new AtomicBoolean(true);
      store.beforePut(
          key -> {
            if (key.endsWith("/one") && once.compareAndSet(true, false)) {
              String renewal = "{\"spec\":{\"renewTime\":\"2026-11-29T08:00:00.000000Z\"}}";
              apiServer.merge(LEASE, renewal).expect(200);
            }
          });
      writer.create(CoreV1.CONFIGMAPS, map("one"));
      assertThat(once).as("renewed between check and write").isFalse();

      String taken = "{\"spec\":{\"holderIdentity\":\"b\",\"leaseTransitions\":1}}";
      apiServer.merge(LEASE, taken).expect(200);
      assertThat(refusal(() -> writer.create(CoreV1.CONFIGMAPS, map("two"))).isConflict()).isTrue();
      assertThat(
              refusal(
                      () ->
                          writer.update(
                              CoreV1.CONFIGMAPS, map("one").withData(java.util.Map.of("a", "b"))))
                  .isConflict())
          .isTrue();
      assertThat(
              refusal(() -> writer.delete(CoreV1.CONFIGMAPS, "default", "one", DeleteOptions.EMPTY))
                  .isConflict())
          .isTrue();
      apiServer.get("/api/v1/namespaces/default/configmaps/one").expect(200);
    }
  }
}
