package io.tiphys.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What programs do with fabric8's client; a fresh one for each story. */
final class Fabric8Story {
  private static final String NAMESPACE = "default";
  private static final String NAME = "fabric8";
  private static final int UPLOADS = 10;
  private static final int UPLOAD_BYTES = 1 << 20;
  private static final long PATIENCE_SECONDS = 60;

  private Fabric8Story() {}

  /**
   * @param http what carries the client's requests
   */
  static void tell(Path kubeconfig, Path folder, HttpClient.Factory http) throws Exception {
    try (KubernetesClient client = client(kubeconfig, http)) {
      assertThat(client.pods().inNamespace(NAMESPACE).withName("web").isReady()).isTrue();
      watches(client);
      changes(client);
      PodResource pod = client.pods().inNamespace(NAMESPACE).withName("web");
      executes(pod);
      uploads(pod, folder);
      assertThat(pod.getLog()).contains("serving");
      forwardsPorts(pod);
    }
  }

  static KubernetesClient client(Path kubeconfig, HttpClient.Factory http) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .withHttpClientFactory(http)
        .build();
  }

  private static void watches(KubernetesClient client) throws Exception {
    CompletableFuture<ConfigMap> added = new CompletableFuture<>();
    CompletableFuture<ConfigMap> informed = new CompletableFuture<>();
    try (Watch _ =
            client
                .configMaps()
                .inNamespace(NAMESPACE)
                .watch(
                    new Watcher<ConfigMap>() {
                      @Override
                      public void eventReceived(Action action, ConfigMap object) {
                        if (action == Action.ADDED && object.getMetadata().getName().equals(NAME)) {
                          added.complete(object);
                        }
                      }

                      @Override
                      public void onClose(@Nullable WatcherException cause) {}
                    });
        var informer = client.configMaps().inNamespace(NAMESPACE).inform()) {
      informer.addEventHandler(
          new ResourceEventHandler<ConfigMap>() {
            @Override
            public void onAdd(ConfigMap object) {
              if (object.getMetadata().getName().equals(NAME)) {
                informed.complete(object);
              }
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {}

            @Override
            public void onDelete(ConfigMap object, boolean unknown) {}
          });
      client.resource(configMap(Map.of("a", "1"))).create();

      assertThat(added.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getData()).containsEntry("a", "1");
      assertThat(informed.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static ConfigMap configMap(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static void changes(KubernetesClient client) {
    var named = client.configMaps().inNamespace(NAMESPACE).withName(NAME);

    assertThat(named.edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build()).getData())
        .isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(
            client
                .resource(configMap(Map.of("c", "3")))
                .fieldManager("story")
                .forceConflicts()
                .serverSideApply()
                .getData())
        .containsEntry("c", "3");
    named.withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    Await.until("it is collected", () -> named.get() == null);
  }

  private static void executes(PodResource pod) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec = pod.writingOutput(out).exec("sh", "-c", "echo hello; exit 3")) {
      assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
    }
    assertThat(out.toString(UTF_8)).isEqualTo("hello\n");
  }

  /** By hand, closing as soon as all is sent, and with the client's own upload. */
  private static void uploads(PodResource pod, Path folder) throws Exception {
    Path file = Files.write(folder.resolve("upload"), new byte[UPLOAD_BYTES]);
    for (int i = 0; i < UPLOADS; i++) {
      String there = "/tmp/fabric8-" + i;
      try (ExecWatch exec =
          pod.redirectingInput()
              .exec("sh", "-c", "cat > %s && mv %s %s.over".formatted(there, there, there))) {
        exec.getInput().write(new byte[UPLOAD_BYTES]);
        exec.getInput().flush();
      }
      assertThat(size(pod, there + ".over")).isEqualTo(UPLOAD_BYTES);
      assertThat(pod.file("/tmp/fabric8-file").upload(file)).isTrue();
    }
  }

  /** Waits until the file is there. */
  private static int size(PodResource pod, String file) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec =
        pod.writingOutput(out)
            .exec("sh", "-c", "until test -e %s; do :; done; wc -c < %s".formatted(file, file))) {
      exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    return Integer.parseInt(out.toString(UTF_8).strip());
  }

  private static void forwardsPorts(PodResource pod) throws Exception {
    try (LocalPortForward forward = pod.portForward(8080)) {
      URI page = URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/");
      try (var body = page.toURL().openStream()) {
        assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo("none\n");
      }
    }
  }
}
