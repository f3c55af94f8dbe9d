package io.tiphys.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Held while a process serves a profile. The kernel lets go of it when that process dies, also when
 * nobody has asked yet how it died: so this, and no process number, tells whether a cluster runs.
 */
public final class ProfileLock implements AutoCloseable {
  private static final String FILE = "lock";

  private final FileChannel channel;

  private ProfileLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock, or nothing when another process holds it. */
  public static Optional<ProfileLock> take(Profile profile) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file(profile),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (tryLock(channel, false) == null) {
      channel.close();
      return Optional.empty();
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)), 0);
    return Optional.of(new ProfileLock(channel));
  }

  /** Whether a process holds the lock. Whoever asks stands in the way of {@link #take} briefly. */
  public static boolean isHeld(Profile profile) {
    try (FileChannel channel = FileChannel.open(file(profile), StandardOpenOption.READ)) {
      // Shared: two who ask are not in each other's way.
      return tryLock(channel, true) == null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new CliException("cannot read %s: %s".formatted(file(profile), e.getMessage()), e);
    }
  }

  /** The number of the process that took the lock last, as far as it can be read. */
  static String holder(Profile profile) {
    try {
      return Files.readString(file(profile)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel, boolean shared)
      throws IOException {
    try {
      return channel.tryLock(0, Long.MAX_VALUE, shared);
    } catch (OverlappingFileLockException e) {
      return null; // this process itself
    }
  }

  private static Path file(Profile profile) {
    return profile.root().resolve(FILE);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
