package io.tiphys.node.engine.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.codec.Bytes;
import io.tiphys.node.engine.fixture.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TarReaderTest {
  private static TarReader read(TarWriter tar) {
    return new TarReader(new ByteArrayInputStream(tar.bytes()));
  }

  @Test
  void anArchiveMayEndWithItsLastContent() throws IOException {
    byte[] whole = new TarWriter().file("a", "text").bytes();
    byte[] cut = Arrays.copyOf(whole, 512 + 4);
    TarReader tar = new TarReader(new ByteArrayInputStream(cut));
    assertThat(tar.next()).isNotNull();
    assertThat(tar.content().readAllBytes()).asString().isEqualTo("text");
    assertThat(tar.next()).isNull();
    TarReader shorter = new TarReader(new ByteArrayInputStream(Arrays.copyOf(whole, 512 + 3)));
    shorter.next();
    assertThatThrownBy(shorter::next).isInstanceOf(IOException.class);
  }

  @Test
  void readsMembersWithTheirContent() throws IOException {
    TarReader tar =
        read(
            new TarWriter()
                .folder("a/")
                .file("a/b", "text")
                .symlink("c", "a/b")
                .add(TarWriter.Member.of("d", '3', 0600).device(8, 300), new byte[0]));
    assertThat(tar.next()).extracting(TarEntry::type).isEqualTo(TarEntry.Type.DIRECTORY);
    assertThat(tar.next())
        .isNotNull()
        .satisfies(file -> assertThat(file.size()).isEqualTo(4))
        .extracting(TarEntry::modified)
        .isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    assertThat(tar.content().readAllBytes()).asString().isEqualTo("text");
    assertThat(tar.next())
        .satisfies(link -> assertThat(link.linkName()).isEqualTo("a/b"))
        .extracting(TarEntry::type)
        .isEqualTo(TarEntry.Type.SYMBOLIC_LINK);
    assertThat(tar.next())
        .satisfies(device -> assertThat(device.deviceMajor()).isEqualTo(8))
        .satisfies(device -> assertThat(device.deviceMinor()).isEqualTo(300));
    assertThat(tar.next()).isNull();
  }

  @Test
  void passesOverContentThatNobodyReads() throws IOException {
    TarReader tar = read(new TarWriter().file("a", "x".repeat(5000)).file("b", "y"));
    assertThat(tar.next()).isNotNull();
    assertThat(tar.next()).extracting(TarEntry::name).isEqualTo("b");
  }

  @Test
  void readsLongNamesOfGnuAndPaxAndBinaryAttributes() throws IOException {
    String gnu = "g/".repeat(100) + "end";
    String pax = "p/".repeat(100) + "ende\u0301";
    byte[] value = {1, 0, 0, 2, (byte) 0x80, (byte) 0xff};
    TarReader tar =
        read(
            new TarWriter()
                .file(gnu, "1")
                .pax("path", pax.getBytes(StandardCharsets.UTF_8))
                .file("short", "2")
                .pax("SCHILY.xattr.security.capability", value)
                .file("able", "3"));
    assertThat(tar.next()).extracting(TarEntry::name).isEqualTo(gnu);
    assertThat(tar.next()).extracting(TarEntry::name).isEqualTo(pax);
    assertThat(tar.next())
        .satisfies(
            entry ->
                assertThat(entry.xattrs())
                    .containsEntry("security.capability", Bytes.copyOf(value)));
  }

  @Test
  void refusesWhatIsCutOffOrCorrupt() throws IOException {
    byte[] whole = new TarWriter().file("a", "some content").bytes();
    TarReader cut = new TarReader(new ByteArrayInputStream(Arrays.copyOf(whole, 515)));
    assertThat(cut.next()).isNotNull();
    assertThatThrownBy(() -> cut.content().readAllBytes()).hasMessageContaining("ends within");
    byte[] corrupt = whole.clone();
    corrupt[0]++;
    assertThatThrownBy(() -> new TarReader(new ByteArrayInputStream(corrupt)).next())
        .hasMessageContaining("checksum");
    TarReader sparse =
        read(new TarWriter().pax("GNU.sparse.major", new byte[] {'1'}).file("s", ""));
    assertThatThrownBy(sparse::next).hasMessageContaining("sparse");
    TarReader unknown = read(new TarWriter().add(TarWriter.Member.of("z", 'Z', 0), new byte[0]));
    assertThatThrownBy(unknown::next).hasMessageContaining("unknown type");
  }
}
