package io.tiphys.assembly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of this machine, stopped ones too, whichever home they lie in: a file with a line
 * for the folder of each. Routes and links tell of running clusters alone; a stopped one must find
 * its addresses free when it comes back.
 *
 * <p>One command at a time has it open. Whoever may not write there runs no containers and needs no
 * addresses: he knows of no others.
 */
final class KnownClusters implements AutoCloseable {
  /** What all homes share. */
  static final Path OF_MACHINE = Path.of("/var/lib/misc/tiphys-clusters");

  private final Path file;
  private final @Nullable FileChannel channel;

  private KnownClusters(Path file, @Nullable FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Waits until no other process has it open. */
  static KnownClusters open(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null || !Files.isWritable(folder)) {
      return new KnownClusters(file, null);
    }
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.lock();
      if (Files.exists(file)) {
        return new KnownClusters(file, channel);
      }
      channel.close(); // the one before was the last to leave
    }
  }

  /** The folders of clusters that there are still. */
  List<Path> roots() throws IOException {
    if (channel == null) {
      return List.of();
    }
    channel.position(0);
    // Not closed: that would close the channel, and with it end the lock.
    byte[] content = Channels.newInputStream(channel).readAllBytes();
    return new String(content, StandardCharsets.UTF_8)
        .lines()
        .map(Path::of)
        .filter(Settings::isIn)
        .toList();
  }

  /** Remembers the cluster in a folder; those that are gone are forgotten. */
  void add(Path root) throws IOException {
    TreeSet<Path> roots = new TreeSet<>(roots());
    if (roots.add(root.toAbsolutePath())) {
      write(roots);
    }
  }

  /** Forgets the cluster in a folder; nothing is left when it was the last. */
  void remove(Path root) throws IOException {
    TreeSet<Path> roots = new TreeSet<>(roots());
    roots.remove(root.toAbsolutePath());
    if (channel != null && roots.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      write(roots);
    }
  }

  private void write(Set<Path> roots) throws IOException {
    if (channel == null) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    roots.forEach(root -> lines.append(root).append('\n'));
    ByteBuffer content = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    channel.truncate(0);
    for (long at = 0; content.hasRemaining(); ) {
      at += channel.write(content, at);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
