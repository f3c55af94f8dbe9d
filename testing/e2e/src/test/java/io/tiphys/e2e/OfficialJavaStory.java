package io.tiphys.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.Copy;
import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What programs do with the official Java client. */
final class OfficialJavaStory {
  private static final String NAMESPACE = "default";
  private static final String POD = "web";
  private static final String NAME = "official-java";
  private static final int UPLOADS = 10;

  /** The cluster of a busy machine answers within it. */
  private static final int READ_TIMEOUT_MILLIS = 120_000;

  private static final int UPLOAD_BYTES = 1 << 20;

  private final ApiClient client;
  private final CoreV1Api core;

  private OfficialJavaStory(ApiClient client) {
    this.client = client;
    this.core = new CoreV1Api(client);
  }

  static void tell(Path kubeconfig, Path folder) throws Exception {
    ApiClient client;
    try (Reader reader = Files.newBufferedReader(kubeconfig)) {
      client = ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(reader)).build();
    }
    client.setReadTimeout(READ_TIMEOUT_MILLIS);
    OfficialJavaStory story = new OfficialJavaStory(client);
    story.lists();
    story.watches();
    story.patches();
    story.uploads();
    story.copiesFolders(folder);
    story.readsLogs();
  }

  private void lists() throws Exception {
    assertThat(core.listNamespacedPod(NAMESPACE).limit(1).execute().getItems())
        .extracting(pod -> pod.getMetadata().getName())
        .containsExactly(POD);
  }

  private void watches() throws Exception {
    String version =
        core.listNamespacedConfigMap(NAMESPACE).execute().getMetadata().getResourceVersion();
    try (Watch<V1ConfigMap> watch =
        Watch.createWatch(
            client,
            core.listNamespacedConfigMap(NAMESPACE)
                .resourceVersion(version)
                .watch(true)
                .buildCall(null),
            new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
      core.createNamespacedConfigMap(
              NAMESPACE,
              new V1ConfigMap().metadata(new V1ObjectMeta().name(NAME)).data(Map.of("a", "1")))
          .execute();
      while (true) {
        Watch.Response<V1ConfigMap> event = watch.next();
        if (event.object.getMetadata().getName().equals(NAME)) {
          assertThat(event.type).isEqualTo("ADDED");
          return;
        }
      }
    }
  }

  private void patches() throws Exception {
    V1Patch patch = new V1Patch("{\"data\":{\"b\":\"2\"}}");
    V1ConfigMap patched =
        PatchUtils.patch(
            V1ConfigMap.class,
            () -> core.patchNamespacedConfigMap(NAME, NAMESPACE, patch).buildCall(null),
            V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH,
            client);
    assertThat(patched.getData()).isEqualTo(Map.of("a", "1", "b", "2"));
    V1Patch applied =
        new V1Patch(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\"},\"data\":{\"c\":\"3\"}}"
                .formatted(NAME));
    assertThat(
            PatchUtils.patch(
                    V1ConfigMap.class,
                    () ->
                        core.patchNamespacedConfigMap(NAME, NAMESPACE, applied)
                            .fieldManager("story")
                            .force(true)
                            .buildCall(null),
                    V1Patch.PATCH_FORMAT_APPLY_YAML,
                    client)
                .getData())
        .containsEntry("c", "3");
    core.deleteNamespacedConfigMap(NAME, NAMESPACE).propagationPolicy("Foreground").execute();
  }

  private void uploads() throws Exception {
    Copy copy = new Copy(client);
    for (int i = 0; i < UPLOADS; i++) {
      String there = "/tmp/official-" + i;
      Process process = exec("cat > %s && mv %s %s.over".formatted(there, there, there), true);
      process.getOutputStream().write(new byte[UPLOAD_BYTES]);
      process.getOutputStream().close();
      process.destroy();
      assertThat(
              output("until test -e %s.over; do :; done; wc -c < %s.over".formatted(there, there)))
          .isEqualTo(UPLOAD_BYTES + "\n");
    }
    try (InputStream back = copy.copyFileFromPod(NAMESPACE, POD, null, "/tmp/official-0.over")) {
      assertThat(back.readAllBytes()).hasSize(UPLOAD_BYTES);
    }
    Process failing = exec("exit 3", false);
    assertThat(failing.waitFor()).isEqualTo(3);
    failing.destroy();
  }

  /**
   * Folders with folders and a file without content, there and back. The client quotes no names.
   */
  private void copiesFolders(Path folder) throws Exception {
    Path here = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectory(here.resolve("below"));
    Files.writeString(here.resolve("one"), "1");
    Files.writeString(here.resolve("below/two"), "2");
    Files.writeString(here.resolve("below/empty"), "");
    Copy copy = new Copy(client);
    assertThat(output("mkdir -p /tmp/tree/below && echo made")).isEqualTo("made\n");
    for (String file : List.of("one", "below/two", "below/empty")) {
      copy.copyFileToPod(
          NAMESPACE, POD, null, here.resolve(file), Path.of("/tmp/tree").resolve(file));
    }
    Path back = Files.createDirectory(folder.resolve("back"));
    copy.copyDirectoryFromPod(NAMESPACE, POD, null, "/tmp/tree", back, false);

    assertThat(back.resolve("one")).hasContent("1");
    assertThat(back.resolve("below/two")).hasContent("2");
    assertThat(back.resolve("below/empty")).isEmptyFile();
  }

  private Process exec(String script, boolean stdin) throws Exception {
    return new Exec(client).exec(NAMESPACE, POD, new String[] {"sh", "-c", script}, stdin, false);
  }

  private String output(String script) throws Exception {
    Process process = exec(script, false);
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), UTF_8);
      process.waitFor();
      return text;
    } finally {
      process.destroy();
    }
  }

  private void readsLogs() throws Exception {
    assertThat(core.readNamespacedPodLog(POD, NAMESPACE).execute()).contains("serving");
    try (BufferedReader followed =
        new BufferedReader(
            new InputStreamReader(
                new PodLogs(client).streamNamespacedPodLog(NAMESPACE, POD, null, null, null, false),
                UTF_8))) {
      assertThat(followed.readLine()).isEqualTo("serving");
    }
  }
}
