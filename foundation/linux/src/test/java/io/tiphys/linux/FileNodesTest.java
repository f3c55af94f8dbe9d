package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNodesTest {
  @TempDir Path folder;

  @Test
  void changesALinkAndNotWhatItPointsTo() throws IOException {
    Root.assumeRoot();
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    FileNodes.chown(link, 12345, 54321);
    Instant time = Instant.parse("2016-07-01T12:00:00.123456789Z");
    FileNodes.setTimes(link, time, time);
    assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(12345);
    assertThat(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(54321);
    assertThat(Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(FileTime.from(time));
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
    assertThat(Files.getLastModifiedTime(file)).isNotEqualTo(FileTime.from(time));
  }

  @Test
  void setsAllTwelveModeBits() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    FileNodes.chmod(file, 06755);
    assertThat((int) Files.getAttribute(file, "unix:mode") & 07777).isEqualTo(06755);
  }

  @Test
  void makesDevicesWithLargeNumbers() throws IOException {
    Root.assumeRoot();
    Path device = folder.resolve("device");
    FileNodes.mknod(device, FileNodes.Kind.BLOCK, 0600, 259, 70000);
    long rdev = (long) Files.getAttribute(device, "unix:rdev");
    assertThat((rdev >> 8) & 0xfff).isEqualTo(259);
    assertThat((rdev & 0xff) | (rdev >> 12 & 0xfff00)).isEqualTo(70000);
    FileNodes.mknod(folder.resolve("fifo"), FileNodes.Kind.FIFO, 0600, 0, 0);
    assertThat((int) Files.getAttribute(folder.resolve("fifo"), "unix:mode") & 0170000)
        .isEqualTo(0010000);
  }

  @Test
  void keepsExtendedAttributes() throws IOException {
    Root.assumeRoot();
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(FileNodes.xattr(file, "trusted.argo")).isEmpty();
    FileNodes.setXattr(file, "trusted.argo", new byte[] {1, 0, 2});
    FileNodes.setXattr(file, "trusted.empty", new byte[0]);
    assertThat(FileNodes.xattr(file, "trusted.argo")).contains(new byte[] {1, 0, 2});
    assertThat(FileNodes.xattr(file, "trusted.empty")).contains(new byte[0]);
    assertThat(FileNodes.xattrs(file)).containsAll(List.of("trusted.argo", "trusted.empty"));
  }
}
