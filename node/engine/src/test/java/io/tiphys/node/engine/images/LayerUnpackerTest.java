package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.HostSupport;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.files.UnixFile;
import io.tiphys.node.engine.fixture.TarWriter;
import io.tiphys.node.engine.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerUnpackerTest {
  @TempDir Path folder;
  private Path lower;
  private Path layer;

  @BeforeEach
  void requireRoot() throws IOException {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "no rights to unpack: " + support.reasons());
    lower = Files.createDirectory(folder.resolve("lower"));
    layer = Files.createDirectory(folder.resolve("layer"));
  }

  private void unpackInto(Path target, List<Path> lowers, TarWriter tar) throws IOException {
    new LayerUnpacker(target, lowers).unpack(new TarReader(new ByteArrayInputStream(tar.bytes())));
  }

  private void unpack(TarWriter tar) throws IOException {
    unpackInto(layer, List.of(lower), tar);
  }

  private void refused(TarWriter tar, String reason) {
    assertThatThrownBy(() -> unpack(tar))
        .isInstanceOf(CriException.class)
        .hasMessageContaining("layer refused")
        .hasMessageContaining(reason);
  }

  @Test
  void keepsOwnersModesTimesAndAttributes() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    unpack(
        new TarWriter()
            .add(TarWriter.Member.of("d", '5', 01777).owner(5, 6), new byte[0])
            .pax("SCHILY.xattr.security.capability", capability)
            .add(TarWriter.Member.of("d/f", '0', 04755).owner(1000, 1001), new byte[] {'x'})
            .hardLink("d/g", "d/f")
            .add(TarWriter.Member.of("null", '3', 0666).device(1, 3), new byte[0])
            .add(TarWriter.Member.of("pipe", '6', 0600), new byte[0]));
    UnixFile d = UnixFile.of(layer.resolve("d"));
    assertThat(List.of(d.permissions(), d.uid(), d.gid())).containsExactly(01777, 5, 6);
    assertThat(Files.getLastModifiedTime(layer.resolve("d")).toInstant().getEpochSecond())
        .isEqualTo(1_700_000_000);
    UnixFile f = UnixFile.of(layer.resolve("d/f"));
    assertThat(List.of(f.permissions(), f.uid(), f.gid())).containsExactly(04755, 1000, 1001);
    assertThat(FileNodes.xattr(layer.resolve("d/f"), "security.capability")).contains(capability);
    assertThat(Files.isSameFile(layer.resolve("d/f"), layer.resolve("d/g"))).isTrue();
    assertThat(UnixFile.of(layer.resolve("null")))
        .satisfies(device -> assertThat(device.isCharacterDevice()).isTrue())
        .satisfies(device -> assertThat(device.minor()).isEqualTo(3));
  }

  @Test
  void whiteoutsBecomeOverlaysOwn() throws IOException {
    unpack(
        new TarWriter()
            .folder("d")
            .file("d/.wh.gone", "")
            .folder("opaque")
            .file("opaque/.wh..wh..opq", "")
            .file("opaque/new", "n")
            .file(".wh.replaced", "")
            .folder("replaced")
            .file(".wh..wh.plnk", "aufs"));
    assertThat(LayerPaths.isWhiteout(layer.resolve("d/gone"))).isTrue();
    assertThat(FileNodes.isOpaque(layer.resolve("opaque"))).isTrue();
    assertThat(layer.resolve("opaque/new")).exists();
    assertThat(FileNodes.isOpaque(layer.resolve("replaced"))).isTrue();
    assertThat(layer.resolve(".wh..wh.plnk")).doesNotExist();
  }

  @Test
  void foldersThatALayerOnlyPassesThroughLookAsBelow() throws IOException {
    Files.createDirectory(lower.resolve("tmp"));
    FileNodes.chmod(lower.resolve("tmp"), 01777);
    FileNodes.chown(lower.resolve("tmp"), 7, 8);
    Files.createDirectories(lower.resolve("usr/lib"));
    Files.createSymbolicLink(lower.resolve("lib"), Path.of("usr/lib"));
    unpack(new TarWriter().file("tmp/a", "a").file("lib/b", "b").file("new/c", "c"));
    UnixFile tmp = UnixFile.of(layer.resolve("tmp"));
    assertThat(List.of(tmp.permissions(), tmp.uid(), tmp.gid())).containsExactly(01777, 7, 8);
    assertThat(layer.resolve("usr/lib/b")).exists();
    assertThat(Files.exists(layer.resolve("lib"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(UnixFile.of(layer.resolve("new")).permissions()).isEqualTo(0755);
  }

  @Test
  void hardLinksMayPointBelow() throws IOException {
    Files.writeString(lower.resolve("f"), "from below");
    unpack(new TarWriter().hardLink("g", "f"));
    assertThat(layer.resolve("g")).hasContent("from below");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../out", "/../out", "a/../../out", "a/.."})
  void pathsThatClimbAreRefused(String path) {
    refused(new TarWriter().file(path, "x"), "leads out");
    refused(new TarWriter().hardLink("h", path), "leads out");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void linksLeadNowhereButIntoTheLayer() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    unpack(
        new TarWriter()
            .symlink("abs", outside.toString())
            .file("abs/a", "a")
            .symlink("up", "../../../../" + outside.getFileName())
            .file("up/b", "b"));
    assertThat(outside).isEmptyDirectory();
    assertThat(layer.resolve(outside.toString().substring(1)).resolve("a")).exists();
    assertThat(layer.resolve("outside/b")).exists();
  }

  @Test
  void aFileWrittenThroughALinkReplacesTheLink() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "safe");
    unpack(new TarWriter().symlink("f", victim.toString()).file("f", "evil"));
    assertThat(victim).hasContent("safe");
    assertThat(layer.resolve("f")).hasContent("evil");
  }

  @Test
  void otherTricksAreRefused() {
    refused(new TarWriter().symlink("x", "y").symlink("y", "x").file("x/f", ""), "too many links");
    refused(new TarWriter().file("f", "").file("f/g", ""), "no folder");
    refused(new TarWriter().file(".wh...", ""), "whiteout");
    refused(new TarWriter().hardLink("h", "not/there"), "not there");
    refused(new TarWriter().folder("d").hardLink("h", "d"), "folder");
    refused(
        new TarWriter().add(TarWriter.Member.of("w", '3', 0).device(0, 0), new byte[0]),
        "whiteout");
  }

  @Test
  void overlaysMarksCannotBeSmuggledIn() throws IOException {
    unpack(
        new TarWriter()
            .pax("SCHILY.xattr.trusted.overlay.redirect", "/etc".getBytes(StandardCharsets.UTF_8))
            .folder("d"));
    assertThat(FileNodes.xattrs(layer.resolve("d"))).isEmpty();
  }

  @Test
  void nothingOfTheHostComesUpThroughALinkBelow() throws IOException {
    Path host = Files.createDirectory(folder.resolve("host"));
    Files.writeString(host.resolve("shadow"), "secret");
    FileNodes.chmod(Files.createDirectory(host.resolve("private")), 0700);
    Files.createSymbolicLink(lower.resolve("x"), host);
    Files.createSymbolicLink(lower.resolve("y"), host);
    refused(new TarWriter().hardLink("stolen", "x/shadow"), "not there");
    refused(new TarWriter().hardLink("stolen", "y/shadow"), "not there");
    refused(new TarWriter().folder("z").hardLink("stolen", "z/../x/shadow"), "leads out");
    // A folder of this layer in the place of the link below it.
    FileTree.delete(layer);
    Files.createDirectory(layer);
    refused(new TarWriter().folder("x").hardLink("stolen", "x/shadow"), "not there");
    unpack(new TarWriter().folder("x").file("x/private/f", "f"));
    assertThat(UnixFile.of(layer.resolve("x/private")).permissions()).isEqualTo(0755);
    assertThat(layer.resolve("stolen")).doesNotExist();
  }
}
