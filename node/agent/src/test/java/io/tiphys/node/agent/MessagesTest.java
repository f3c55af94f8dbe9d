package io.tiphys.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.HostSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MessagesTest {
  @TempDir private Path folder;
  private final Disk disk = Machine.own().disk();

  @Test
  void lastWordsAreThoseOfThePlainFileAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "why");
    assertThat(Messages.text(disk, file)).isEqualTo("why");
    assertThat(Messages.text(disk, folder)).isEmpty();
    assertThat(Messages.text(disk, folder.resolve("none"))).isEmpty();
    assertThat(Messages.text(disk, Files.createSymbolicLink(folder.resolve("link"), file)))
        .isEmpty();
  }

  @Test
  void aFifoIsNotWaitedFor() {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "skipped: " + support.reasons());
    FileNodes.mknod(folder.resolve("fifo"), FileNodes.Kind.FIFO, 0600, 0, 0);
    assertThat(Messages.text(disk, folder.resolve("fifo"))).isEmpty();
  }
}
