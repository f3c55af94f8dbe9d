package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdOutputStream;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.HostSupport;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.fixture.ImageArchives;
import io.tiphys.node.engine.fixture.ImageArchives.LayerNames;
import io.tiphys.node.engine.fixture.ImageArchives.Member;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of several images that share layers, in every form that tools write. */
class ImageArchivesTest {
  private static final TarWriter BASE = new TarWriter().folder("a").file("a/base", "base");
  private static final TarWriter MORE = new TarWriter().file("a/more", "more");
  private static final TarWriter OTHER = new TarWriter().file("a/other", "other");

  @TempDir Path folder;
  private Images images;

  @BeforeEach
  void open() {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "no rights to unpack: " + support.reasons());
    images =
        new Images(
            folder.resolve("images"),
            RegistryConfig.DEFAULT,
            Machine.own(),
            new SystemClock(),
            new Random(1),
            true);
  }

  private static OciImageBuilder image(TarWriter... layers) {
    OciImageBuilder image = OciImageBuilder.named("");
    for (TarWriter layer : layers) {
      image.layer(layer);
    }
    return image;
  }

  /** Three images: shared below, shared at another height, and repeated within one. */
  private static List<Member> three(boolean compressed) {
    List<OciImageBuilder> images =
        List.of(image(BASE, MORE), image(BASE, OTHER, MORE), image(MORE, BASE, MORE));
    if (!compressed) {
      images.forEach(OciImageBuilder::uncompressed);
    }
    return List.of(
        Member.of(images.get(0), "one:v1", "one:v2"),
        Member.of(images.get(1), "two:v1"),
        Member.of(images.get(2)));
  }

  private List<StoredImage> load(byte[] archive) {
    return images.load(new ByteArrayInputStream(archive), null);
  }

  private void assertLoads(TarWriter archive, List<Member> members) throws IOException {
    List<StoredImage> loaded = load(archive.bytes());
    assertThat(loaded.stream().map(i -> i.id().toString()).toList())
        .containsExactlyElementsOf(members.stream().map(Member::config).toList());
    assertThat(loaded.get(0).tags())
        .containsExactly("docker.io/library/one:v1", "docker.io/library/one:v2");
    assertThat(loaded.get(1).tags()).containsExactly("docker.io/library/two:v1");
    assertThat(loaded.get(2).tags()).isEmpty();
    for (StoredImage image : loaded) {
      List<Path> layers = images.layers(image);
      assertThat(layers).allSatisfy(layer -> assertThat(layer.resolve("a")).isNotEmptyDirectory());
      assertThat(layers.getFirst().resolve("a/more")).hasContent("more");
    }
    assertThat(images.content().list()).as("blobs of layers").hasSize(2 * loaded.size());
  }

  @Test
  void ociArchives() throws IOException {
    assertLoads(ImageArchives.oci(three(true)), three(true));
  }

  @Test
  void ociArchivesOfPlainLayers() throws IOException {
    assertLoads(ImageArchives.oci(three(false)), three(false));
  }

  @Test
  void dockerArchivesThatAreOciLayoutsToo() throws IOException {
    assertLoads(ImageArchives.dockerOci(three(true)), three(true));
  }

  @Test
  void dockerArchivesOfOldWhereRepeatedLayersAreLinks() throws IOException {
    assertLoads(ImageArchives.docker(three(false), LayerNames.FOLDERS), three(false));
  }

  @Test
  void podmansArchivesOfSeveralImages() throws IOException {
    assertLoads(ImageArchives.docker(three(false), LayerNames.FILES), three(false));
  }

  @Test
  void jibsKanikosAndBazelsArchivesOfCompressedLayers() throws IOException {
    assertLoads(ImageArchives.docker(three(true), LayerNames.COMPRESSED), three(true));
  }

  @Test
  void archivesCompressedAsAWhole() throws IOException {
    byte[] plain = ImageArchives.docker(three(false), LayerNames.FILES).bytes();
    assertThat(load(OciImageBuilder.gzip(plain))).hasSize(3);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(out)) {
      zstd.write(plain);
    }
    assertThat(load(out.toByteArray())).hasSize(3);
  }

  @Test
  void theSameArchiveAgain() throws IOException {
    List<Member> members = three(true);
    assertLoads(ImageArchives.oci(members), members);
    assertLoads(ImageArchives.oci(members), members);
  }

  @Test
  void anIndexOfPlatformsAndAttestationsHoldsOneImage() throws IOException {
    Member member = Member.of(image(BASE, MORE));
    Manifest.Platform here = Manifest.Platform.of(Machine.own().environment().architecture());
    String platform =
        "{\"os\":\"%s\",\"architecture\":\"%s\"}".formatted(here.os(), here.architecture());
    List<StoredImage> loaded =
        load(ImageArchives.nested(member, "docker.io/team/app:v1", platform).bytes());
    assertThat(loaded).hasSize(1);
    assertThat(loaded.getFirst().id()).hasToString(member.config());
    assertThat(loaded.getFirst().tags()).containsExactly("docker.io/team/app:v1");
  }

  @Test
  void anIndexWithoutThisMachinesPlatformSaysSo() {
    byte[] archive =
        ImageArchives.nested(
                Member.of(image(BASE)),
                "docker.io/team/app:v1",
                "{\"os\":\"linux\",\"architecture\":\"mips\"}")
            .bytes();
    assertThatThrownBy(() -> load(archive))
        .isInstanceOf(CriException.class)
        .hasMessage(
            "cannot load image \"docker.io/team/app:v1\": no match for platform in manifest: "
                + Manifest.Platform.of(Machine.own().environment().architecture()));
  }

  @Test
  void aFailureNamesImageLayerAndCause() {
    Member broken = Member.of(image(BASE, MORE).uncompressed(), "broken:v1");
    String layer = broken.layers().getLast();
    broken.layout().remove("blobs/" + layer.replace(':', '/'));
    assertThatThrownBy(() -> load(ImageArchives.oci(List.of(broken)).bytes()))
        .hasMessage(
            "cannot load image \"docker.io/library/broken:v1\": the archive lacks layer 2 of 2 (%s)"
                .formatted(layer));
    byte[] docker =
        new TarWriter()
            .file("manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[]}]")
            .bytes();
    assertThatThrownBy(() -> load(docker))
        .hasMessage("cannot load image \"x:1\": the archive lacks c.json");
    byte[] badName =
        ImageArchives.docker(
                List.of(Member.of(image(BASE).uncompressed(), "bazel/App:x")), LayerNames.FILES)
            .bytes();
    assertThatThrownBy(() -> load(badName))
        .hasMessageStartingWith("cannot load image \"bazel/App:x\": ")
        .hasMessageContaining("invalid reference format");
  }

  @Test
  void aLayerThatIsNoTarSaysWhichAndIsFetchedAgain() throws IOException {
    OciImageBuilder image = image(BASE, MORE).uncompressed();
    Member good = Member.of(image, "app:v1");
    byte[] archive = ImageArchives.docker(List.of(good), LayerNames.FILES).bytes();
    Digest damaged = Digest.parse(good.layers().getLast());
    assertThat(load(archive)).hasSize(1);
    images.remove("app:v1", Set.of());
    // What a fault of the disk leaves of it.
    Files.write(images.content().path(damaged), new byte[] {1, 2, 3});
    assertThat(load(archive)).hasSize(1);
  }

  @Test
  void oneNameIsNotForSeveralImages() {
    byte[] archive = ImageArchives.oci(three(true)).bytes();
    assertThatThrownBy(() -> images.load(new ByteArrayInputStream(archive), "mine:v1"))
        .hasMessageContaining("cannot name the image \"mine:v1\": the archive holds");
    byte[] one = ImageArchives.oci(List.of(Member.of(image(BASE)))).bytes();
    assertThat(images.load(new ByteArrayInputStream(one), "mine:v1").getFirst().tags())
        .containsExactly("docker.io/library/mine:v1");
  }

  @Test
  void layersOfAnImageThatArrivesStayWhenAnotherIsDone() throws Exception {
    List<Member> members = three(true);
    byte[] first = ImageArchives.oci(List.of(members.get(0))).bytes();
    byte[] second = ImageArchives.oci(List.of(members.get(1))).bytes();
    // The second load stands within its archive while the first is loaded whole.
    ByteArrayInputStream slow =
        new ByteArrayInputStream(second) {
          private boolean done;

          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            if (available() == 0 && !done) {
              done = true;
              assertThat(load(first)).hasSize(1);
            }
            return super.read(bytes, offset, length);
          }
        };
    assertThat(images.load(slow, null)).hasSize(1);
  }
}
