package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
  @TempDir Path folder;

  @AfterEach
  void unmount() {
    Mounts.detachTree(folder);
  }

  @Test
  void readsALineOfTheMountTable() {
    Mount mount =
        Mount.parse(
            "36 35 98:0 /sub\\040dir /mnt/a\\134b rw,noatime master:1 shared:2 - ext3 /dev/root"
                + " rw,errors=continue");
    assertThat(mount)
        .isEqualTo(
            new Mount(
                36,
                35,
                "98:0",
                "/sub dir",
                Path.of("/mnt/a\\b"),
                List.of("rw", "noatime"),
                List.of("master:1", "shared:2"),
                "ext3",
                "/dev/root",
                List.of("rw", "errors=continue")));
  }

  @Test
  void bindsReadOnly() throws IOException {
    Root.assumeRoot();
    Path source = Files.createDirectory(folder.resolve("source"));
    Path target = Files.createDirectory(folder.resolve("target"));
    Files.writeString(source.resolve("file"), "x");
    Mounts.bind(source, target, false, true);
    assertThat(target.resolve("file")).hasContent("x");
    assertThat(Mounts.isMountPoint(target)).isTrue();
    assertThatThrownBy(() -> Files.writeString(target.resolve("file"), "y"))
        .hasMessageContaining("Read-only");
    Mounts.unmount(target);
    assertThat(Mounts.isMountPoint(target)).isFalse();
    assertThatThrownBy(() -> Mounts.unmount(target))
        .isInstanceOf(LinuxFailure.class)
        .hasMessage("unmount " + target + ": EINVAL (invalid argument)");
  }

  @Test
  void limitsATmpfs() throws IOException {
    Root.assumeRoot();
    Path target = Files.createDirectory(folder.resolve("tmp"));
    Mounts.tmpfs(target, 1 << 20, 01777);
    assertThat(Files.getFileStore(target).getTotalSpace()).isEqualTo(1 << 20);
    assertThat((int) Files.getAttribute(target, "unix:mode") & 07777).isEqualTo(01777);
  }

  @Test
  void overlaysManyLayersWithWhiteoutsAndOpaqueFolders() throws IOException {
    Root.assumeRoot();
    // An overlay's upper folder must not lie on an overlay, as the temporary folder may.
    Path base = Files.createDirectory(folder.resolve("base"));
    Mounts.tmpfs(base, 1 << 24, 0755);
    List<Path> lowers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Path layer =
          Files.createDirectories(
              base.resolve("layers/a-rather-long-name-as-digests-are-wont-to-be-".repeat(2) + i));
      Files.writeString(layer.resolve("file" + i), "" + i);
      lowers.addFirst(layer);
    }
    Files.createDirectories(lowers.get(1).resolve("folder"));
    Files.writeString(lowers.get(1).resolve("folder/below"), "x");
    FileNodes.whiteout(lowers.get(0).resolve("file3"));
    Path opaque = Files.createDirectories(lowers.get(0).resolve("folder"));
    FileNodes.setOpaque(opaque);
    assertThat(FileNodes.isOpaque(opaque)).isTrue();
    Path upper = Files.createDirectory(base.resolve("upper, with: signs"));
    Path work = Files.createDirectory(base.resolve("work"));
    Path target = Files.createDirectory(base.resolve("target"));

    Mounts.overlay(lowers, upper, work, target);

    assertThat(target.resolve("file0")).hasContent("0");
    assertThat(target.resolve("file59")).hasContent("59");
    assertThat(target.resolve("file3")).doesNotExist();
    assertThat(target.resolve("folder")).isEmptyDirectory();
    Files.writeString(target.resolve("new"), "n");
    assertThat(upper.resolve("new")).hasContent("n");
  }

  @Test
  void saysWhatCouldNotBeMounted() {
    Root.assumeRoot();
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> Mounts.bind(Path.of("/proc"), nowhere, false, false))
        .hasMessage("mount /proc on " + nowhere + ": ENOENT (no such file or directory)");
  }

  @Test
  void whatIsDetachedTakesNothingOfTheHostAlong() throws IOException {
    Root.assumeRoot();
    Path host = Files.createDirectory(folder.resolve("host"));
    Mounts.tmpfs(host, 1 << 20, 0755);
    Mounts.propagation(host, Mounts.Propagation.SHARED, false);
    Path pod = Files.createDirectories(folder.resolve("pod/place"));
    Mounts.bind(host, pod, false, false);
    Path disk = Files.createDirectory(host.resolve("disk"));
    Mounts.tmpfs(disk, 1 << 20, 0755);
    assertThat(Mounts.isMountPoint(pod.resolve("disk"))).isTrue();
    Mounts.detachTree(folder.resolve("pod"));
    assertThat(Mounts.isMountPoint(pod)).isFalse();
    assertThat(Mounts.isMountPoint(disk)).isTrue();
  }
}
