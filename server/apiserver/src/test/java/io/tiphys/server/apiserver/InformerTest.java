package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.client.testing.FaultySource;
import io.tiphys.codec.Json;
import io.tiphys.meta.selector.Selector;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's copies of what this server has. */
class InformerTest {
  private static final String PLACE = "place";

  private final ManualClock clock = new ManualClock();
  private final VirtualTime time = new VirtualTime(clock);
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(9), VirtualTime.THREADS);
  private final TestApiServer server = closer.add(TestApiServer.open(clock, loops));
  private final OtherComponents api = new OtherComponents(server);
  private final FaultySource faulty = new FaultySource(server.source(TestApiServer.ADMIN, "test"));
  private final Informers informers =
      closer.add(new Informers(faulty.source(), clock, new Random(1), loops));
  private final Informer<Pod> pods = informers.of(CoreV1.PODS);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @BeforeEach
  void makeNamespace() {
    api.namespace("ns");
  }

  @AfterEach
  void close() {
    closer.close();
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
  void whateverTheSourceThrowsTheCopyGoesOn(Class<? extends Throwable> kind) throws Exception {
    faulty.fail(kind.getConstructor(String.class).newInstance("no space left"));
    informers.start();
    awaitInTime(() -> loops.failures().getOrDefault("informer", 0L) >= 3);
    put(pod("a", "n1"));

    faulty.recover();

    awaitInTime(() -> pods.get("ns", "a") != null);
    put(pod("b", "n1"));
    awaitInTime(() -> pods.get("ns", "b") != null);
  }

  private void awaitInTime(BooleanSupplier condition) {
    assertThat(time.comesAbout(condition)).as("it comes about in time").isTrue();
  }

  @Test
  void nobodyWaitsForTheFirstListOfOneThatIsClosed() throws InterruptedException {
    informers.close();
    assertThatThrownBy(pods::awaitSync).isInstanceOf(InterruptedException.class);
    assertThat(pods.hasSynced()).isFalse();
    informers.awaitSync();
  }

  @Test
  void whatCannotBeListedHoldsUpNobodyForLongerThanTheLimit() {
    informers.of(CoreV1.NODES);
    faulty.fail("list nodes", new IllegalStateException("cannot be listed"));
    informers.start();
    assertThat(missingAfter(Duration.ofSeconds(30))).containsExactly(CoreV1.NODES);

    faulty.recover();

    assertThat(missingAfter(Duration.ofMinutes(30))).isEmpty();
  }

  /** What {@code awaitSync} says when it returns. */
  private List<Resource<?>> missingAfter(Duration limit) {
    CompletableFuture<List<Resource<?>>> missing = new CompletableFuture<>();
    loops.task(
        "waiting",
        () -> {
          try {
            missing.complete(informers.awaitSync(limit));
          } catch (InterruptedException e) {
            missing.completeExceptionally(e);
          }
        });
    awaitInTime(missing::isDone);
    return missing.join();
  }

  @Test
  void listsThenFollows() throws InterruptedException {
    put(pod("a", "n1"));
    pods.addIndex("place", pod -> List.of(place(pod)));
    start();
    assertThat(pods.hasSynced()).isTrue();
    assertThat(next()).isEqualTo("add a n1");

    put(pod("b", "n1"));
    move("a", "n2");
    assertThat(next()).isEqualTo("add b n1");
    assertThat(next()).isEqualTo("update a n1 n2");
    assertThat(pods.byIndex("place", "n1")).extracting(Pod::name).containsExactly("b");
    assertThat(pods.list("ns", Selector.parse("app=b"))).extracting(Pod::name).containsExactly("b");
    assertThat(pods.list("other")).isEmpty();

    api.remove(CoreV1.PODS, "ns", "b");
    assertThat(next()).isEqualTo("delete b n1");
    assertThat(pods.get("ns", "b")).isNull();
    assertThat(pods.byIndex("place", "n1")).isEmpty();
  }

  @Test
  void listsAgainWhenItsVersionIsGoneAndTellsWhatDiffers() throws InterruptedException {
    put(pod("a", "n1"));
    put(pod("b", "n1"));
    start();
    assertThat(List.of(next(), next())).containsExactly("add a n1", "add b n1");

    ApiFailure expired = ApiFailure.expired("too old resource version");
    faulty.fail("watch pods", expired);
    faulty.endWatches(expired);
    api.remove(CoreV1.PODS, "ns", "a");
    api.remove(CoreV1.PODS, "ns", "b");
    put(pod("b", "n1"));
    put(pod("c", "n1"));
    faulty.recover();
    assertThat(List.of(nextMovingTime(), next(), next(), next()))
        .containsExactly("delete a n1", "delete b n1", "add b n1", "add c n1");
  }

  @Test
  void goesOnAfterAWatchEnds() throws InterruptedException {
    start();
    faulty.endWatches(null);
    put(pod("a", "n1"));
    assertThat(nextMovingTime()).isEqualTo("add a n1");
  }

  @Test
  void aFailingHandlerHarmsNobodyAndALateOneMissesNothing() throws InterruptedException {
    pods.addHandler(
        Handler.of(
            _ -> {
              throw new IllegalStateException("on purpose");
            }));
    put(pod("a", "n1"));
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
    put(pod("a", "n1"));
    put(pod("b", "n2"));
    start();
    assertThat(onNode.list()).extracting(Pod::name).containsExactly("a");
  }

  private void start() throws InterruptedException {
    pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {
            told.add("add " + pod.name() + " " + place(pod));
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            told.add("update " + after.name() + " " + place(before) + " " + place(after));
          }

          @Override
          public void onDelete(Pod last) {
            told.add("delete " + last.name() + " " + place(last));
          }
        });
    informers.start();
    informers.awaitSync();
  }

  private String next() {
    time.settle();
    return String.valueOf(told.poll());
  }

  /** The informer waits on the clock before it goes on. */
  private String nextMovingTime() {
    awaitInTime(() -> !told.isEmpty());
    return next();
  }

  private void put(Pod pod) {
    api.put(CoreV1.PODS, pod);
  }

  /** Tells of a pod that it is elsewhere: its label does. */
  private void move(String name, String place) {
    Json.Obj labels = Json.Obj.of("labels", Json.Obj.of(PLACE, Json.of(place)));
    api.patch(CoreV1.PODS, "ns", name, Source.Patch.merge(Json.Obj.of("metadata", labels)));
  }

  private static String place(Pod pod) {
    return pod.metadata().labels().getOrDefault(PLACE, "");
  }

  private static Pod pod(String name, String node) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace("ns")
                .name(name)
                .labels(Map.of("app", name, PLACE, node))
                .build())
        .spec(
            PodSpec.EMPTY
                .withNodeName(node)
                .withContainers(List.of(Container.EMPTY.withName("c").withImage("image"))))
        .build();
  }
}
