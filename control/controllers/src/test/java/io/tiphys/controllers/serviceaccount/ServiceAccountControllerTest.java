package io.tiphys.controllers.serviceaccount;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.controllers.kit.World;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceAccountControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void everyActiveNamespaceHasItsAccountAndCertificate() throws InterruptedException {
    world.source.put(
        CoreV1.NAMESPACES,
        Namespace.builder()
            .metadata(World.meta("", "ending").withDeletionTimestamp(world.clock.now()))
            .build());
    world.open(context -> ServiceAccountController.open(context, "PEM"));
    world.source.put(CoreV1.NAMESPACES, Namespace.EMPTY.withMetadata(World.meta("", "fresh")));

    ConfigMap made =
        world.await(CoreV1.CONFIGMAPS, "fresh", "kube-root-ca.crt", map -> !map.data().isEmpty());
    assertThat(made.data()).containsExactly(Map.entry("ca.crt", "PEM"));
    assertThat(made.metadata().annotations().get("kubernetes.io/description"))
        .startsWith("Contains a CA bundle that can be used to verify the kube-apiserver");
    world.await(CoreV1.SERVICEACCOUNTS, "fresh", "default", _ -> true);

    world.source.delete(CoreV1.SERVICEACCOUNTS, "fresh", "default", DeleteOptions.EMPTY);
    world.await(CoreV1.SERVICEACCOUNTS, "fresh", "default", _ -> true);
    world.source.put(CoreV1.CONFIGMAPS, made.withData(Map.of("ca.crt", "another")));
    world.await(
        CoreV1.CONFIGMAPS, "fresh", "kube-root-ca.crt", map -> map.data().containsValue("PEM"));
    assertThat(world.source.find(CoreV1.SERVICEACCOUNTS, "ending", "default")).isNull();
  }
}
