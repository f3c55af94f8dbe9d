package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a server owes its clients is held against it, whatever it answers. */
class ApiEndpointTest {
  private final SimulatedRuntime runtime = new SimulatedRuntime(1);
  private final Trace trace = new Trace(null, runtime::nanoTime);
  private final Violations violations = new Violations(trace);
  private final Faults faults = new Faults();
  private final Commits commits = new Commits(trace);
  private final ApiEndpoint endpoint = new ApiEndpoint(faults, commits, violations);
  private final SimulatedProcess client = runtime.process("client");
  private final RemoteSource source =
      new RemoteSource(endpoint, client, faults, SimulatedCluster.user("somebody"), "test");
  private final List<String> told = new ArrayList<>();

  /** A server that gives these answers, whatever it is asked. */
  private void answering(String name, Object... answers) {
    Deque<Object> rest = new ArrayDeque<>(List.of(answers));
    Source server =
        (Source)
            Proxy.newProxyInstance(
                Source.class.getClassLoader(),
                new Class<?>[] {Source.class},
                (_, _, _) -> {
                  Object answer = rest.removeFirst();
                  if (answer instanceof Throwable failure) {
                    throw failure;
                  }
                  return answer;
                });
    endpoint.lead(name, (_, _) -> server, runtime.process(name));
  }

  private void does(Function<Source, Object> request) {
    client.start(
        "client",
        () -> {
          try {
            told.add(String.valueOf(request.apply(source)));
          } catch (ApiFailure e) {
            told.add(e.getMessage());
          }
        });
    runtime.run(Duration.ofMinutes(1));
  }

  private void assertBroken(String message) {
    assertThat(violations.all())
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith(message);
  }

  private static ConfigMap map(long revision) {
    return ConfigMap.EMPTY.withMetadata(
        Manifests.meta("ns", "map").withResourceVersion(String.valueOf(revision)));
  }

  private static Pod pod(long revision) {
    return Pod.EMPTY.withMetadata(
        Manifests.meta("ns", "pod").withResourceVersion(String.valueOf(revision)));
  }

  private void written(long... revisions) {
    for (long revision : revisions) {
      commits.put(revision, "/registry/core/pods/ns/pod", "{}".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatIsAcknowledgedIsThere() {
    written(7);
    answering("server", pod(7), pod(8));
    does(api -> api.create(CoreV1.PODS, pod(0)));
    assertThat(violations.all()).isEmpty();

    does(api -> api.update(CoreV1.PODS, pod(7)));

    assertBroken("pods ns/pod was acknowledged at 8 and is not there");
  }

  @Test
  void timeDoesNotGoBackwardsFromServerToServer() {
    answering("server", map(9), map(9), map(8));
    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));
    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));
    assertThat(violations.all()).isEmpty();

    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));

    assertBroken("configmaps ns/map is of 8, after it was seen at 9");
  }

  @Test
  void aNewListShowsWhatWasSeenBefore() {
    answering(
        "server",
        map(9),
        new ObjectList<>("9", "", List.of()),
        new ObjectList<>("8", "", List.of()));
    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));
    does(api -> api.list(CoreV1.PODS, "", ListOptions.ALL));
    assertThat(violations.all()).isEmpty();

    does(api -> api.list(CoreV1.PODS, "", ListOptions.ALL));

    assertBroken("a list of pods is of 8, after 9 was known");
  }

  @Test
  void onlyApiFailureLeavesAServer() {
    answering("server", ApiFailure.serviceUnavailable("no"), new IllegalStateException("oops"));
    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));
    assertThat(violations.all()).isEmpty();

    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));

    assertBroken("a source threw java.lang.IllegalStateException: oops, which is no ApiFailure");
  }

  @Test
  void aWatcherSeesEveryEventOnceAndInOrder() {
    written(5, 6, 7, 8);
    answering("server", new Told(pod(6), pod(7)), new Told(pod(6), pod(8)));
    does(this::follow);
    assertThat(violations.all()).isEmpty();
    assertThat(told).containsExactly("[6, 7]");

    does(this::follow);

    assertBroken("a watch of pods told ");
  }

  @Test
  void whoIsCutOffIsToldNothingUntilTheNetworkIsBack() {
    written(5, 6);
    answering("server", new Told(pod(6)), map(1));
    faults.cut("client", "server");
    does(api -> api.get(CoreV1.CONFIGMAPS, "ns", "map"));
    assertThat(told).containsExactly("Timeout: no answer");

    faults.join("client", "server");
    does(this::follow);

    assertThat(told).contains("[6]");
  }

  private String follow(Source api) {
    List<String> seen = new ArrayList<>();
    try (WatchStream<Pod> stream = api.watch(CoreV1.PODS, "", new WatchOptions("", "", "5"))) {
      for (WatchEvent<Pod> event = stream.next(); event != null; event = stream.next()) {
        seen.add(((WatchEvent.Modified<Pod>) event).object().metadata().resourceVersion());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return seen.toString();
  }

  /** A watch that tells of these pods and ends. */
  private static final class Told implements WatchStream<Pod> {
    private final Deque<Pod> rest;

    Told(Pod... pods) {
      rest = new ArrayDeque<>(List.of(pods));
    }

    @Override
    public @Nullable WatchEvent<Pod> next() {
      Pod next = rest.poll();
      return next == null ? null : new WatchEvent.Modified<>(next);
    }

    @Override
    public void close() {}
  }
}
