package io.tiphys.client.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source.Patch;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The fake must be as strict as the API where controllers rely on it. */
class FakeSourceTest {
  private final ManualClock clock = new ManualClock();
  private final FakeSource source = new FakeSource(clock);

  @Test
  void creatingFillsInWhatTheServerFillsIn() {
    Pod asked = pod("").withMetadata(meta("").withGenerateName("web-"));
    Pod pod = source.create(CoreV1.PODS, asked.withStatus(asked.status().withPhase("Running")));

    assertThat(pod.name()).startsWith("web-").hasSize(9);
    assertThat(pod.metadata().uid()).isNotEmpty();
    assertThat(pod.metadata().resourceVersion()).isEqualTo("1");
    assertThat(pod.metadata().creationTimestamp()).isEqualTo(clock.now());
    assertThat(pod.status().phase()).isEmpty();
    assertThatThrownBy(() -> source.create(CoreV1.PODS, pod(pod.name())))
        .hasMessage("pods \"" + pod.name() + "\" already exists");
  }

  @Test
  void updatesLeaveTheStatusAloneAndStatusUpdatesLeaveTheRestAlone() {
    ReplicaSet first =
        source.create(AppsV1.REPLICASETS, ReplicaSet.EMPTY.withMetadata(meta("web")));
    ReplicaSet scaled =
        source.update(
            AppsV1.REPLICASETS,
            first
                .withSpec(first.spec().withReplicas(3))
                .withStatus(first.status().withReplicas(9)));
    assertThat(scaled.status().replicas()).isZero();
    assertThat(scaled.metadata().generation()).isEqualTo(2);

    assertThatThrownBy(() -> source.update(AppsV1.REPLICASETS, first))
        .hasMessage(
            "Operation cannot be fulfilled on replicasets.apps \"web\": the object has been"
                + " modified; please apply your changes to the latest version and try again");

    ReplicaSet counted =
        source.updateStatus(
            AppsV1.REPLICASETS,
            scaled
                .withSpec(scaled.spec().withReplicas(7))
                .withStatus(scaled.status().withReplicas(2)));
    assertThat(counted.spec().replicas()).isEqualTo(3);
    assertThat(counted.status().replicas()).isEqualTo(2);
    assertThat(counted.metadata().generation()).isEqualTo(2);
    assertThat(source.updateStatus(AppsV1.REPLICASETS, counted).metadata().resourceVersion())
        .as("a write that changes nothing makes no version")
        .isEqualTo(counted.metadata().resourceVersion());
  }

  @Test
  void finalizersHoldAnObjectUntilTheLastIsGone() {
    Pod pod =
        source.put(CoreV1.PODS, pod("p").withMetadata(meta("p").withFinalizers(List.of("a/b"))));
    source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY);
    Pod marked = source.get(CoreV1.PODS, "ns", "p");
    assertThat(marked.metadata().deletionTimestamp()).isEqualTo(clock.now());

    source.update(CoreV1.PODS, marked.withMetadata(marked.metadata().withFinalizers(List.of())));
    assertThat(source.find(CoreV1.PODS, "ns", "p")).isNull();

    source.put(CoreV1.PODS, pod);
    source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY.withPropagationPolicy("Foreground"));
    assertThat(source.get(CoreV1.PODS, "ns", "p").metadata().finalizers())
        .containsExactly("a/b", "foregroundDeletion");
  }

  @Test
  void aPodOnANodeIsGivenTimeToEnd() {
    Pod pod = source.create(CoreV1.PODS, pod("p"));
    Status answer =
        source.createSubresource(
            CoreV1.PODS,
            "ns",
            "p",
            "binding",
            Binding.builder()
                .metadata(meta("p"))
                .target(ObjectReference.builder().kind("Node").name("n1").build())
                .build(),
            Status.TYPE);
    assertThat(answer.status()).isEqualTo("Success");
    assertThat(source.get(CoreV1.PODS, "ns", "p").spec().nodeName()).isEqualTo("n1");

    assertThatThrownBy(
            () ->
                source.delete(
                    CoreV1.PODS,
                    "ns",
                    "p",
                    DeleteOptions.EMPTY.withPreconditions(Preconditions.EMPTY.withUid("another"))))
        .isInstanceOfSatisfying(ApiFailure.class, e -> assertThat(e.isConflict()).isTrue());
    source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY);
    Pod ending = source.get(CoreV1.PODS, "ns", "p");
    assertThat(ending.metadata().deletionGracePeriodSeconds()).isEqualTo(30);
    assertThat(ending.metadata().uid()).isEqualTo(pod.metadata().uid());
    source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    assertThat(source.all(CoreV1.PODS)).isEmpty();
  }

  @Test
  void patchesChangeWhatTheyName() {
    source.put(
        CoreV1.PODS, pod("p").withMetadata(meta("p").withLabels(Map.of("a", "1", "b", "2"))));
    Json labels =
        Json.Obj.of(
            "metadata",
            Json.Obj.of(
                "labels", Json.Obj.builder().put("a", Json.Null.NULL).put("c", "3").build()));
    Pod merged = source.patch(CoreV1.PODS, "ns", "p", "", Patch.merge(labels));
    assertThat(merged.metadata().labels()).isEqualTo(Map.of("b", "2", "c", "3"));

    Json phase = Json.Obj.of("status", Json.Obj.builder().put("phase", "Failed").build());
    assertThat(source.patch(CoreV1.PODS, "ns", "p", "", Patch.strategic(phase)).status().phase())
        .isEmpty();
    assertThat(
            source.patch(CoreV1.PODS, "ns", "p", "status", Patch.strategic(phase)).status().phase())
        .isEqualTo("Failed");
  }

  @Test
  void selectorsDecideWhatAWatcherSees() throws InterruptedException {
    Pod pod = source.put(CoreV1.PODS, pod("p"));
    String start = source.list(CoreV1.PODS, "", ListOptions.ALL).resourceVersion();
    Pod onNode = source.put(CoreV1.PODS, pod.withSpec(pod.spec().withNodeName("n1")));
    Pod labelled =
        source.put(
            CoreV1.PODS, onNode.withMetadata(onNode.metadata().withLabels(Map.of("a", "1"))));
    source.put(CoreV1.PODS, labelled.withSpec(pod.spec().withNodeName("n2")));

    WatchStream<Pod> watch =
        source.watch(CoreV1.PODS, "ns", new WatchOptions("", "spec.nodeName=n1", start));
    assertThat(watch.next()).isInstanceOf(WatchEvent.Added.class);
    assertThat(watch.next()).isInstanceOf(WatchEvent.Modified.class);
    assertThat(Objects.requireNonNull(watch.next())).isInstanceOf(WatchEvent.Deleted.class);
    watch.close();
    assertThat(watch.next()).isNull();
    assertThat(source.list(CoreV1.PODS, "ns", ListOptions.fields("metadata.name=p")).items())
        .hasSize(1);
    assertThat(source.list(CoreV1.PODS, "ns", ListOptions.labels("a=2")).items()).isEmpty();

    source.compact();
    assertThatThrownBy(() -> source.watch(CoreV1.PODS, "", WatchOptions.from(start)))
        .isInstanceOfSatisfying(ApiFailure.class, e -> assertThat(e.isGone()).isTrue());
  }

  private static ObjectMeta meta(String name) {
    return ObjectMeta.builder().namespace("ns").name(name).build();
  }

  private static Pod pod(String name) {
    return Pod.builder().metadata(meta(name)).build();
  }
}
