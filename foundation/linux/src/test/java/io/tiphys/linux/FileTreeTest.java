package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  @TempDir Path folder;
  private Path tree;
  private Path outside;

  @BeforeEach
  void make() throws IOException {
    Root.assumeRoot();
    tree = Files.createDirectory(folder.resolve("tree"));
    outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "kept");
    FileNodes.chmod(outside, 0700);
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/file"), "x");
    Files.createSymbolicLink(tree.resolve("a/link"), outside);
    Files.createSymbolicLink(tree.resolve("file"), outside.resolve("kept"));
  }

  @AfterEach
  void unmount() {
    Mounts.detachTree(folder);
  }

  @Test
  void deletesLinksAndNotWhatTheyLeadTo() {
    FileNodes.mknod(tree.resolve("fifo"), FileNodes.Kind.FIFO, 0600, 0, 0);
    FileTree.delete(tree);
    assertThat(tree).doesNotExist();
    assertThat(outside.resolve("kept")).hasContent("kept");
    FileTree.delete(tree);
    FileTree.delete(folder.resolve("never/was"));
  }

  @Test
  void deletesALinkThatStandsForTheFolder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("stand-in"), outside);
    FileTree.delete(link);
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(outside.resolve("kept")).hasContent("kept");
  }

  @Test
  void leavesWhatIsMountedInTheTree() {
    Mounts.bind(outside, tree.resolve("a/b"), false, false);
    assertThatThrownBy(() -> FileTree.delete(tree))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageContaining("EBUSY");
    assertThat(outside.resolve("kept")).hasContent("kept");
  }

  @Test
  void deletesWhatIsNestedDeeperThanAnyPathCanBe() {
    int levels = 3000;
    OpenFile at = OpenFile.at(tree);
    for (int i = 0; i < levels; i++) {
      OpenFile deeper = at.makeFolder("deep", 0755);
      at.close();
      at = deeper;
    }
    at.close();
    FileTree.delete(tree);
    assertThat(folder.toFile().list()).containsExactly("outside");
  }

  @Test
  void deletesWhatChattrHasProtected() throws Exception {
    for (String[] protection : new String[][] {{"+i", "a/b/file"}, {"+a", "a/b"}, {"+i", "a"}}) {
      Process chattr =
          new ProcessBuilder("chattr", protection[0], tree.resolve(protection[1]).toString())
              .start();
      assumeTrue(chattr.waitFor() == 0, "chattr does not work here");
    }
    assertThatThrownBy(() -> Files.delete(tree.resolve("a/b/file")))
        .hasMessageContaining("not permitted");
    FileTree.delete(tree);
    assertThat(tree).doesNotExist();
  }

  @Test
  void deletesNamesThatAreNoText() {
    try (OpenFile root = OpenFile.at(tree)) {
      FileName odd = new FileName(new byte[] {(byte) 0xff, (byte) 0xfe, 'x'});
      root.move(FileName.of("file"), root, odd);
      assertThat(root.names().stream().map(FileName::toString)).doesNotContain("file");
    }
    FileTree.delete(tree);
    assertThat(tree).doesNotExist();
  }

  @Test
  void walksWithoutLeavingByALink() {
    List<String> seen = new ArrayList<>();
    FileTree.forEach(
        tree,
        file -> {
          seen.add(tree.relativize(Path.of(file.toString())).toString());
          file.chown(123, 123);
          if (!file.stat().isLink()) {
            file.chmod(0770);
          }
        });
    assertThat(seen).containsExactlyInAnyOrder("", "a", "a/b", "a/b/file", "a/link", "file");
    try (OpenFile there = OpenFile.at(outside)) {
      assertThat(there.stat().permissions()).isEqualTo(0700);
      assertThat(there.stat().uid()).isZero();
    }
    try (OpenFile root = OpenFile.at(tree);
        OpenFile file = root.beneath(Path.of("a/b/file"))) {
      assertThat(file.stat().gid()).isEqualTo(123);
    }
  }
}
