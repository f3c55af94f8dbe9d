package io.tiphys.controllers.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.NamespaceCondition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.client.testing.FaultySource;
import io.tiphys.controllers.kit.World;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceControllerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void conditionsSayWhatRemains() {
    RemainingContent remains = new RemainingContent();
    remains.object("pods.", List.of());
    remains.object("widgets.example.com", List.of("example.com/hold"));
    remains.object("widgets.example.com", List.of("example.com/hold"));
    remains.failure("b failed");
    remains.failure("a failed");

    assertThat(remains.isEmpty()).isFalse();
    assertThat(remains.conditions(List.of(), NOW))
        .extracting(
            NamespaceCondition::type,
            NamespaceCondition::status,
            NamespaceCondition::reason,
            NamespaceCondition::message)
        .containsExactly(
            tuple(
                "NamespaceDeletionDiscoveryFailure",
                "False",
                "ResourcesDiscovered",
                "All resources successfully discovered"),
            tuple(
                "NamespaceDeletionGroupVersionParsingFailure",
                "False",
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed"),
            tuple(
                "NamespaceDeletionContentFailure",
                "True",
                "ContentDeletionFailed",
                "Failed to delete all resource types, 2 remaining: a failed, b failed"),
            tuple(
                "NamespaceContentRemaining",
                "True",
                "SomeResourcesRemain",
                "Some resources are remaining: pods. has 1 resource instances,"
                    + " widgets.example.com has 2 resource instances"),
            tuple(
                "NamespaceFinalizersRemaining",
                "True",
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: example.com/hold in 2"
                    + " resource instances"));
  }

  @Test
  void aConditionKeepsItsTimeUntilItTurns() {
    List<NamespaceCondition> before = new RemainingContent().conditions(List.of(), NOW);
    RemainingContent later = new RemainingContent();
    later.object("pods.", List.of());
    List<NamespaceCondition> after = later.conditions(before, NOW.plusSeconds(9));
    assertThat(after)
        .filteredOn(condition -> NOW.plusSeconds(9).equals(condition.lastTransitionTime()))
        .extracting(NamespaceCondition::type)
        .containsExactly("NamespaceContentRemaining");
  }

  @Test
  void podsGoFirstAndGracefullyThenTheRestThenTheNamespace() throws InterruptedException {
    world.source.namespace("other");
    world.source.put(CoreV1.PODS, World.running(World.pod("p", "a"), "10.0.0.1", true));
    world.source.put(CoreV1.CONFIGMAPS, ConfigMap.EMPTY.withMetadata(World.meta("ns", "c")));
    world.source.put(CoreV1.CONFIGMAPS, ConfigMap.EMPTY.withMetadata(World.meta("other", "c")));

    world.source.delete(CoreV1.NAMESPACES, "", "ns", DeleteOptions.EMPTY);

    world.open(NamespaceController::open);
    Namespace waiting =
        world.await(
            CoreV1.NAMESPACES,
            "",
            "ns",
            namespace ->
                namespace.status().conditions().stream()
                    .anyMatch(
                        condition ->
                            condition.message().contains("pods. has 1 resource instances")));
    assertThat(waiting.status().phase()).isEqualTo("Terminating");
    assertThat(world.source.get(CoreV1.PODS, "ns", "p").metadata().deletionTimestamp()).isNotNull();
    assertThat(world.source.find(CoreV1.CONFIGMAPS, "ns", "c")).isNotNull();

    world.source.remove(CoreV1.PODS, "ns", "p");
    world.awaitGone(CoreV1.NAMESPACES, "", "ns");
    Namespace finished =
        world.api.writes().stream()
            .filter(write -> write.toString().equals("update namespaces/status ns"))
            .map(write -> (Namespace) Objects.requireNonNull(write.object()))
            .toList()
            .getLast();
    assertThat(finished.status().conditions())
        .extracting(NamespaceCondition::status)
        .containsOnly("False");
    assertThat(world.source.find(CoreV1.CONFIGMAPS, "ns", "c")).isNull();
    assertThat(world.source.find(CoreV1.CONFIGMAPS, "other", "c")).isNotNull();
    assertThat(world.api.writes())
        .extracting(Object::toString)
        .contains("patch namespaces/finalize ns");
  }

  /** A kind that is not served, or not to be listed, may be so by the next time. */
  @ParameterizedTest
  @ValueSource(ints = {404, 405})
  void aKindThatWasNotServedIsAskedForAgainAtTheNextNamespace(int code) {
    FaultySource faulty = new FaultySource(world.api);
    world.open(_ -> NamespaceController.open(world.through(faulty.source())));
    faulty.fail("list configmaps", new ApiFailure(Status.EMPTY.withCode(code)));
    endNamespaceWithContent("first");
    assertThat(faulty.hasFailed()).isTrue();
    assertThat(world.source.find(CoreV1.CONFIGMAPS, "first", "c")).isNotNull();

    faulty.recover();
    endNamespaceWithContent("second");
    assertThat(world.source.find(CoreV1.CONFIGMAPS, "second", "c")).isNull();
  }

  private void endNamespaceWithContent(String name) {
    world.source.namespace(name);
    world.source.put(CoreV1.CONFIGMAPS, ConfigMap.EMPTY.withMetadata(World.meta(name, "c")));
    world.source.delete(CoreV1.NAMESPACES, "", name, DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.NAMESPACES, "", name);
  }
}
