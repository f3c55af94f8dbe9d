package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives of several images that share a layer, as skopeo, umoci and tar make them: each is loaded
 * and each of its images runs.
 */
class ToolArchivesTest {
  private static TestCluster cluster;
  private static Kubectl kubectl;
  private static Path base;

  @TempDir private Path folder;

  @BeforeAll
  static void start(@TempDir Path images) {
    cluster = TestCluster.start("archives");
    kubectl = cluster.kubectl();
    base = StandInImages.web(images);
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  /** Makes an OCI layout of images that say their own names; all begin with the same layers. */
  private Path layout(String... names) throws IOException {
    Path layout = folder.resolve("layout-" + names[0]);
    run("skopeo", "copy", "-q", "oci-archive:" + base, "oci:" + layout + ":base");
    for (String name : names) {
      Path word = Files.writeString(folder.resolve(name), name);
      String image = layout + ":" + name;
      run("umoci", "insert", "--image", layout + ":base", "--tag", name, word.toString(), "/name");
      run(
          "umoci",
          "config",
          "--image",
          image,
          "--clear=config.entrypoint",
          "--config.entrypoint=cat",
          "--config.cmd=/name");
    }
    run("umoci", "rm", "--image", layout + ":base");
    return layout;
  }

  private static void run(String... words) {
    Command.run(Map.of(), "", List.of(words)).ok();
  }

  private Path packed(Path content, String compression) {
    Path file = content.resolveSibling(content.getFileName() + ".tar" + compression);
    run("tar", "--auto-compress", "-cf", file.toString(), "-C", content.toString(), ".");
    return file;
  }

  /** Loads the archive; every image that it should hold runs and says its name. */
  private static void assertRuns(Path archive, Map<String, String> names) {
    String loaded = cluster.tiphys("image", "load", archive.toString()).ok().out();
    names
        .keySet()
        .forEach(image -> assertThat(loaded).contains("Loaded docker.io/library/" + image));
    StringBuilder pods = new StringBuilder();
    names.forEach(
        (image, name) ->
            pods.append(
                """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  restartPolicy: Never
                  containers:
                  - {name: main, image: "%s", imagePullPolicy: Never}
                """
                    .formatted(pod(image), image)));
    cluster.apply(pods.toString());
    names.forEach(
        (image, name) -> {
          String pod = "pod/" + pod(image);
          Await.until(
              image + " runs",
              () -> kubectl.value(pod, ".status.phase").equals("Succeeded"),
              () -> kubectl.ok("describe", pod));
          assertThat(kubectl.ok("logs", pod)).isEqualTo(name);
        });
  }

  private static String pod(String image) {
    return image.replaceAll("[^a-z0-9]", "-");
  }

  @Test
  void anOciLayoutOfSeveralImagesPlainAndCompressed() throws Exception {
    for (String compression : List.of("", ".gz", ".zst")) {
      String kind = "tar" + compression.replace(".", "-");
      Path archive = packed(layout(kind + "-one", kind + "-two"), compression);
      assertRuns(
          archive,
          Map.of(kind + "-one:latest", kind + "-one", kind + "-two:latest", kind + "-two"));
    }
  }

  @Test
  void anOciLayoutWhoseLayersAreZstd() throws Exception {
    Path layout = layout("zstd-one", "zstd-two");
    Path recompressed = folder.resolve("recompressed");
    for (String name : List.of("zstd-one", "zstd-two")) {
      String from = "oci:" + layout + ":" + name;
      String to = "oci:" + recompressed + ":" + name;
      run("skopeo", "copy", "-q", "--dest-compress-format", "zstd", from, to);
    }
    assertThat(
            Command.run(Map.of(), "", List.of("grep", "-rlE", "tar.zstd", recompressed.toString()))
                .exitCode())
        .as("a manifest says so")
        .isZero();
    assertRuns(
        packed(recompressed, ""),
        Map.of("zstd-one:latest", "zstd-one", "zstd-two:latest", "zstd-two"));
  }

  @Test
  void aDockerArchiveOfSeveralImagesAndOfATagTwice() throws Exception {
    Path layout = layout("docker-one", "docker-two");
    Path together = Files.createDirectory(folder.resolve("together"));
    List<String> entries = new ArrayList<>();
    for (String name : List.of("docker-one", "docker-two")) {
      Path saved = folder.resolve(name + ".tar");
      run(
          "skopeo",
          "copy",
          "-q",
          "--additional-tag",
          name + ":also",
          "oci:" + layout + ":" + name,
          "docker-archive:" + saved + ":" + name + ":v1");
      run("tar", "-xf", saved.toString(), "-C", together.toString());
      String list = Files.readString(together.resolve("manifest.json")).strip();
      entries.add(list.substring(1, list.length() - 1));
      // A list that says a tag twice: the image that comes last has it.
      entries.add(entries.getLast().replaceAll("\"RepoTags\":\\[[^]]*]", twice("both:v1")));
    }
    Files.writeString(together.resolve("manifest.json"), "[" + String.join(",", entries) + "]");

    assertRuns(
        packed(together, ".gz"),
        Map.of(
            "docker-one:v1", "docker-one",
            "docker-one:also", "docker-one",
            "docker-two:v1", "docker-two",
            "docker-two:also", "docker-two",
            "both:v1", "docker-two"));
  }

  private static String twice(String tag) {
    return "\"RepoTags\":[\"%1$s\",\"%1$s\"]".formatted(tag);
  }

  @Test
  void anArchiveWithoutOneOfItsLayersNamesImageAndLayer() throws Exception {
    Path layout = layout("torn-one", "torn-two");
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      Path largest =
          blobs
              .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
      // No other image has it: nothing of it may be here already.
      byte[] bytes = Files.readAllBytes(largest);
      Files.write(largest, Arrays.copyOf(bytes, bytes.length / 2));
    }

    Command load = cluster.tiphys("image", "load", packed(layout, "").toString());

    assertThat(load.exitCode()).isNotZero();
    assertThat(load.err()).contains("sha256").doesNotContain("Exception", "java.");
  }
}
