package io.tiphys.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Lets one command at a time change what all profiles of a home share: the choice of addresses and
 * the user's kubeconfig. The kernel lets go of it when its holder dies.
 */
public final class HomeLock implements AutoCloseable {
  private static final String FILE = ".lock";

  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits until no other process holds the lock of the home that {@code profile} lies in. */
  public static HomeLock take(Profile profile) throws IOException {
    Path file = file(profile);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      if (Files.exists(file)) {
        return new HomeLock(channel);
      }
      channel.close(); // the one before removed it, see removeUnused
    }
  }

  /** Removes the lock, and the home that Tiphys chose itself, when the last profile has gone. */
  static void removeUnused(Profile profile) throws IOException {
    if (!profile.neighbours().isEmpty() || profile.exists()) {
      return;
    }
    Path file = file(profile);
    Files.deleteIfExists(file);
    Path home = Objects.requireNonNull(file.getParent());
    if (home.endsWith("lib/tiphys") || home.endsWith(".tiphys")) {
      Files.deleteIfExists(home);
    }
  }

  private static Path file(Profile profile) {
    return profile.root().toAbsolutePath().resolveSibling(FILE);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
