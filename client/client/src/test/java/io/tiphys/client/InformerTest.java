package io.tiphys.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.fake.FakeSource;
import io.tiphys.client.fake.FaultySource;
import io.tiphys.meta.selector.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InformerTest {
  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final FakeSource source = new FakeSource(clock);
  private final Informers informers = new Informers(source, clock, new Random(1), loops);
  private final Informer<Pod> pods = informers.of(CoreV1.PODS);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    informers.close();
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
  void whateverTheSourceThrowsTheCopyGoesOn(Class<? extends Throwable> kind) throws Exception {
    FaultySource faulty = new FaultySource(source);
    try (Informers hardened = new Informers(faulty.source(), clock, new Random(1), loops)) {
      Informer<Pod> copy = hardened.of(CoreV1.PODS);
      faulty.fail(kind.getConstructor(String.class).newInstance("no space left"));
      hardened.start();
      awaitInTime(() -> loops.failures().getOrDefault("informer", 0L) >= 3);
      source.put(CoreV1.PODS, pod("a", "n1"));

      faulty.recover();

      awaitInTime(() -> copy.get("ns", "a") != null);
      source.put(CoreV1.PODS, pod("b", "n1"));
      awaitInTime(() -> copy.get("ns", "b") != null);
    }
  }

  private void awaitInTime(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      clock.advance(Duration.ofMillis(20));
      Thread.yield();
    }
  }

  @Test
  void nobodyWaitsForTheFirstListOfOneThatIsClosed() throws InterruptedException {
    informers.close();
    assertThatThrownBy(pods::awaitSync).isInstanceOf(InterruptedException.class);
    assertThat(pods.hasSynced()).isFalse();
    informers.awaitSync();
  }

  @Test
  void listsThenFollows() throws InterruptedException {
    source.put(CoreV1.PODS, pod("a", "n1"));
    pods.addIndex("node", pod -> List.of(pod.spec().nodeName()));
    start();
    assertThat(pods.hasSynced()).isTrue();
    assertThat(next()).isEqualTo("add a n1");

    source.put(CoreV1.PODS, pod("b", "n1"));
    source.put(CoreV1.PODS, pod("a", "n2"));
    assertThat(next()).isEqualTo("add b n1");
    assertThat(next()).isEqualTo("update a n1 n2");
    assertThat(pods.byIndex("node", "n1")).extracting(Pod::name).containsExactly("b");
    assertThat(pods.list("ns", Selector.parse("app=b"))).extracting(Pod::name).containsExactly("b");
    assertThat(pods.list("other")).isEmpty();

    source.delete(CoreV1.PODS, "ns", "b", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    assertThat(next()).isEqualTo("delete b n1");
    assertThat(pods.get("ns", "b")).isNull();
    assertThat(pods.byIndex("node", "n1")).isEmpty();
  }

  @Test
  void listsAgainWhenItsVersionIsGoneAndTellsWhatDiffers() throws InterruptedException {
    source.put(CoreV1.PODS, pod("a", "n1"));
    Pod b = source.put(CoreV1.PODS, pod("b", "n1"));
    start();
    assertThat(List.of(next(), next())).containsExactly("add a n1", "add b n1");

    source.failWatches(ApiFailure.expired("too old resource version"));
    source.delete(CoreV1.PODS, "ns", "a", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    source.put(CoreV1.PODS, b.withMetadata(b.metadata().withUid("another")));
    source.put(CoreV1.PODS, pod("c", "n1"));
    source.compact();
    source.failWatches(null);
    assertThat(List.of(nextMovingTime(), next(), next(), next()))
        .containsExactly("delete a n1", "delete b n1", "add b n1", "add c n1");
  }

  @Test
  void goesOnAfterAWatchEnds() throws InterruptedException {
    start();
    source.endWatches();
    source.put(CoreV1.PODS, pod("a", "n1"));
    assertThat(nextMovingTime()).isEqualTo("add a n1");
  }

  @Test
  void aFailingHandlerHarmsNobodyAndALateOneMissesNothing() throws InterruptedException {
    pods.addHandler(
        Handler.of(
            _ -> {
              throw new IllegalStateException("on purpose");
            }));
    source.put(CoreV1.PODS, pod("a", "n1"));
    start();
    assertThat(next()).isEqualTo("add a n1");
    BlockingQueue<String> late = new LinkedBlockingQueue<>();
    pods.addHandler(Handler.of(pod -> late.add(pod.name())));
    assertThat(late).containsExactly("a");
  }

  @Test
  void aFieldSelectorLimitsTheCopy() throws InterruptedException {
    Informer<Pod> onNode = informers.of(CoreV1.PODS, "spec.nodeName=n1");
    assertThat(informers.of(CoreV1.PODS, "spec.nodeName=n1")).isSameAs(onNode);
    source.put(CoreV1.PODS, pod("a", "n1"));
    source.put(CoreV1.PODS, pod("b", "n2"));
    start();
    assertThat(onNode.list()).extracting(Pod::name).containsExactly("a");
  }

  private void start() throws InterruptedException {
    pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {
            told.add("add " + pod.name() + " " + pod.spec().nodeName());
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            told.add(
                "update "
                    + after.name()
                    + " "
                    + before.spec().nodeName()
                    + " "
                    + after.spec().nodeName());
          }

          @Override
          public void onDelete(Pod last) {
            told.add("delete " + last.name() + " " + last.spec().nodeName());
          }
        });
    informers.start();
    informers.awaitSync();
  }

  private String next() throws InterruptedException {
    return String.valueOf(told.poll(30, TimeUnit.SECONDS));
  }

  /** The informer waits on the clock before it goes on; how often depends on the threads. */
  private String nextMovingTime() throws InterruptedException {
    String next = told.poll();
    while (next == null) {
      clock.advance(Duration.ofSeconds(60));
      next = told.poll(5, TimeUnit.MILLISECONDS);
    }
    return next;
  }

  private static Pod pod(String name, String node) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder().namespace("ns").name(name).labels(Map.of("app", name)).build())
        .spec(PodSpec.EMPTY.withNodeName(node))
        .build();
  }
}
