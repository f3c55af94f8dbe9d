package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdOutputStream;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.HostSupport;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {
  @TempDir Path folder;

  private Images open(boolean unpacks) {
    return new Images(
        folder.resolve("images"),
        RegistryConfig.DEFAULT,
        Machine.own(),
        new SystemClock(),
        new Random(1),
        unpacks);
  }

  private static OciImageBuilder image(String name) {
    return OciImageBuilder.named(name)
        .layer(new TarWriter().folder("a").file("a/one", "1"))
        .layer(new TarWriter().file("a/two", "2"))
        .entrypoint("/one", "two")
        .env("A=b")
        .user("7:8")
        .workingDir("/a")
        .stopSignal("SIGUSR1");
  }

  private static void assertWhole(StoredImage loaded, OciImageBuilder image) {
    assertThat(loaded.id().toString()).isEqualTo(image.id());
    assertThat(loaded.config().entrypoint()).containsExactly("/one", "two");
    assertThat(loaded.config().env()).containsExactly("A=b");
    assertThat(loaded.config().user()).isEqualTo("7:8");
    assertThat(loaded.config().stopSignal()).isEqualTo("SIGUSR1");
    assertThat(loaded.config().diffIds()).hasSize(2);
  }

  @Test
  void loadsEveryFormOfArchive() throws IOException {
    Images images = open(false);
    OciImageBuilder image = image("team/app:v1");
    String name = "docker.io/team/app:v1";
    List<StoredImage> archive = images.load(image.writeOciArchive(folder.resolve("o.tar")), null);
    assertWhole(archive.getFirst(), image);
    assertThat(archive.getFirst().tags()).containsExactly(name);
    assertWhole(images.load(image.writeOciLayout(folder.resolve("l")), null).getFirst(), image);
    Path docker = image.writeDockerArchive(folder.resolve("d.tar"));
    assertWhole(images.load(docker, null).getFirst(), image);
    byte[] zipped = OciImageBuilder.gzip(Files.readAllBytes(docker));
    assertWhole(images.load(new ByteArrayInputStream(zipped), "other").getFirst(), image);
    assertThat(images.list()).hasSize(1);
    assertThat(images.find("other").orElseThrow().tags())
        .containsExactly(name, "docker.io/library/other:latest");
    // What was known before is known after.
    assertThat(open(false).list()).isEqualTo(images.list());
  }

  @Test
  void unpacksLayersOnceAndForgetsTheirBlobs() throws IOException {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "no rights to unpack: " + support.reasons());
    Images images = open(true);
    StoredImage loaded =
        images.load(image("app").writeOciArchive(folder.resolve("o.tar")), null).getFirst();
    List<Path> layers = images.layers(loaded);
    assertThat(layers.get(0).resolve("a/two")).hasContent("2");
    assertThat(layers.get(1).resolve("a/one")).hasContent("1");
    assertThat(images.content().list()).containsExactlyInAnyOrder(loaded.id(), loaded.manifest());
    StoredImage derived =
        images
            .load(
                image("derived").file("b", 0600, "3").writeOciArchive(folder.resolve("e.tar")),
                null)
            .getFirst();
    assertThat(images.layers(derived)).endsWith(layers.get(0), layers.get(1)).hasSize(3);
    images.remove("derived", Set.of());
    assertThat(layers.get(0)).exists();
    images.remove("app", Set.of(layers.get(1)));
    assertThat(layers.get(0)).doesNotExist();
    assertThat(layers.get(1)).exists(); // A container stands on it.
    assertThat(images.list()).isEmpty();
    images.prune(Set.of());
    assertThat(layers.get(1)).doesNotExist();
  }

  @Test
  void readsZstdAndPlainLayers() throws IOException {
    for (byte[] magic :
        List.of(
            zstd("content"),
            OciImageBuilder.gzip("content".getBytes(java.nio.charset.StandardCharsets.UTF_8)))) {
      assertThat(LayerStore.decompress(new ByteArrayInputStream(magic)).readAllBytes())
          .asString()
          .isEqualTo("content");
    }
    assertThat(LayerStore.decompress(new ByteArrayInputStream(new byte[] {'x'})).readAllBytes())
        .hasSize(1);
  }

  private static byte[] zstd(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(out)) {
      zstd.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  @Test
  void tagsMoveAndTheLastOneTakesTheImageAlong() throws IOException {
    Images images = open(false);
    images.load(image("one").writeOciArchive(folder.resolve("1.tar")), null);
    images.load(image("two").cmd("x").writeOciArchive(folder.resolve("2.tar")), null);
    images.tag("one", "moving:v1");
    String one = images.find("moving:v1").orElseThrow().id().toString();
    images.tag("two", "moving:v1");
    assertThat(images.find("moving:v1").orElseThrow().id().toString()).isNotEqualTo(one);
    images.remove("moving:v1", Set.of());
    assertThat(images.find("two")).isPresent();
    images.remove("two", Set.of());
    assertThat(images.list()).hasSize(1);
    images.remove(one, Set.of());
    assertThat(images.list()).isEmpty();
    assertThat(images.content().list()).isEmpty();
    images.remove("one", Set.of()); // It is gone: nothing to do.
  }

  @Test
  void archivesThatAreNoneSaySo() throws IOException {
    Images images = open(false);
    Path empty = Files.write(folder.resolve("x.tar"), new TarWriter().file("a", "b").bytes());
    assertThatThrownBy(() -> images.load(empty, null))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("neither an OCI layout (index.json) nor a docker archive");
    byte[] lying = new TarWriter().file("blobs/sha256/" + "0".repeat(64), "not that").bytes();
    assertThatThrownBy(() -> images.load(new ByteArrayInputStream(lying), null))
        .hasMessageContaining("unexpected content");
    assertThat(images.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nginx,docker.io/library/nginx:latest",
    "nginx:1.29,docker.io/library/nginx:1.29",
    "team/app,docker.io/team/app:latest",
    "index.docker.io/nginx,docker.io/library/nginx:latest",
    "localhost/app:x,localhost/app:x",
    "host:5000/a/b,host:5000/a/b:latest",
    "gcr.io/google-samples/cassandra:v13,gcr.io/google-samples/cassandra:v13",
    "[::1]:5000/a,[::1]:5000/a:latest"
  })
  void shortNamesMeanLongOnes(String given, String meant) {
    assertThat(ImageReference.parse(given)).hasToString(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "UPPER", "a//b", "a:b:c", "a@sha256:12", "-a", "a:", "host:x/a", "a b"})
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> ImageReference.parse(name))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("invalid reference format");
  }
}
