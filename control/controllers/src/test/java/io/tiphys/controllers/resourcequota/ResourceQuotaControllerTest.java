package io.tiphys.controllers.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.ResourceQuotaSpec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceQuotaControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  private static ResourceQuota quota(Map<String, Quantity> hard, List<String> scopes) {
    return ResourceQuota.EMPTY
        .withMetadata(World.meta("ns", "q"))
        .withSpec(ResourceQuotaSpec.EMPTY.withHard(hard).withScopes(scopes));
  }

  private static Map<String, Quantity> amounts(String name, long amount) {
    return Map.of(name, Quantity.of(amount));
  }

  private void awaitUsed(Map<String, Quantity> used) {
    world.await(CoreV1.RESOURCEQUOTAS, "ns", "q", quota -> quota.status().used().equals(used));
  }

  private void map(String name) {
    world.source.put(CoreV1.CONFIGMAPS, ConfigMap.EMPTY.withMetadata(World.meta("ns", name)));
  }

  @Test
  void whatIsThereIsCountedAndWhatIsBoundedIsTold() {
    map("a");
    map("b");
    world.open(ResourceQuotaController::open);
    world.source.put(CoreV1.RESOURCEQUOTAS, quota(amounts("count/configmaps", 5), List.of()));
    awaitUsed(amounts("count/configmaps", 2));
    ResourceQuota counted = world.source.get(CoreV1.RESOURCEQUOTAS, "ns", "q");
    assertThat(counted.status().hard()).isEqualTo(amounts("count/configmaps", 5));

    world.source.put(
        CoreV1.RESOURCEQUOTAS, counted.withSpec(counted.spec().withHard(amounts("configmaps", 7))));
    awaitUsed(amounts("configmaps", 2));
  }

  @Test
  void whatGoesIsFreeAgain() {
    map("a");
    map("b");
    world.open(ResourceQuotaController::open);
    world.source.put(CoreV1.RESOURCEQUOTAS, quota(amounts("count/configmaps", 5), List.of()));
    awaitUsed(amounts("count/configmaps", 2));
    world.source.delete(CoreV1.CONFIGMAPS, "ns", "a", DeleteOptions.EMPTY);
    awaitUsed(amounts("count/configmaps", 1));
    map("c");
    awaitUsed(amounts("count/configmaps", 2));
  }

  @Test
  void whatIsBoundedIsTakenOverAtOnceThoughLessIsUsed() {
    map("a");
    world.open(ResourceQuotaController::open);
    world.source.put(CoreV1.RESOURCEQUOTAS, quota(amounts("count/configmaps", 5), List.of()));
    awaitUsed(amounts("count/configmaps", 1));
    ResourceQuota counted = world.source.get(CoreV1.RESOURCEQUOTAS, "ns", "q");
    ResourceQuota overcharged =
        counted.withStatus(counted.status().withUsed(amounts("count/configmaps", 4)));
    world.source.updateStatus(CoreV1.RESOURCEQUOTAS, overcharged);
    ResourceQuota changed = world.source.get(CoreV1.RESOURCEQUOTAS, "ns", "q");
    world.source.put(
        CoreV1.RESOURCEQUOTAS,
        changed.withSpec(changed.spec().withHard(amounts("count/configmaps", 7))));
    ResourceQuota told =
        world.await(
            CoreV1.RESOURCEQUOTAS,
            "ns",
            "q",
            quota -> quota.status().hard().equals(amounts("count/configmaps", 7)));
    assertThat(told.status().used()).isEqualTo(amounts("count/configmaps", 4));
    awaitUsed(amounts("count/configmaps", 1));
  }

  @Test
  void aPodThatHasEndedNeedsNothing() {
    world.open(ResourceQuotaController::open);
    world.source.put(CoreV1.RESOURCEQUOTAS, quota(amounts("pods", 5), List.of()));
    awaitUsed(amounts("pods", 0));
    world.source.put(CoreV1.PODS, World.pod("a", "x"));
    awaitUsed(amounts("pods", 1));
    var pod = world.source.get(CoreV1.PODS, "ns", "a");
    world.source.put(CoreV1.PODS, pod.withStatus(pod.status().withPhase("Succeeded")));
    awaitUsed(amounts("pods", 0));
  }

  @Test
  void onlyWhatIsInTheScopesCounts() {
    world.source.put(CoreV1.PODS, World.pod("a", "x"));
    var pod = World.pod("b", "x");
    world.source.put(CoreV1.PODS, pod.withSpec(pod.spec().withActiveDeadlineSeconds(5L)));
    world.open(ResourceQuotaController::open);
    world.source.put(CoreV1.RESOURCEQUOTAS, quota(amounts("pods", 5), List.of("Terminating")));
    awaitUsed(amounts("pods", 1));
  }

  @Test
  void objectsOfADefinedKindCountOnceItIsServed() {
    world.open(ResourceQuotaController::open);
    world.source.put(
        CoreV1.RESOURCEQUOTAS, quota(amounts("count/widgets.example.com", 5), List.of()));
    world.await(CoreV1.RESOURCEQUOTAS, "ns", "q", quota -> !quota.status().hard().isEmpty());
    assertThat(world.source.get(CoreV1.RESOURCEQUOTAS, "ns", "q").status().used()).isEmpty();

    world.source.put(
        ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
        ObjectCodec.fromJson(
            CustomResourceDefinition.TYPE,
            """
            {"metadata":{"name":"widgets.example.com"},
             "spec":{"group":"example.com","scope":"Namespaced",
              "names":{"plural":"widgets","kind":"Widget"},
              "versions":[{"name":"v1","served":true,"storage":true,
               "schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """
                .getBytes(StandardCharsets.UTF_8)));
    awaitUsed(amounts("count/widgets.example.com", 0));
  }
}
