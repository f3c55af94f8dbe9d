package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder a store lives in, held by one process at a time: {@code lock} names the holder, {@code
 * format} the version of {@link Layout}, {@code db} is RocksDB's.
 *
 * <p>The lock is here for its message. Where a refused second opening within one process frees it,
 * as POSIX locks do, RocksDB's own lock in {@code db} still keeps other processes out.
 */
final class StoreFolder implements Lifecycle {
  private static final String FORMAT_PREFIX = "tiphys-store ";

  private final Path folder;
  private final FileChannel lock;

  private StoreFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Takes hold of a folder, made if need be, and checks that this program can read it. */
  static StoreFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
      var opened = new StoreFolder(folder, lock(folder));
      try {
        opened.checkFormat();
        return opened;
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException("cannot open the store in " + folder + ": " + e, e);
    }
  }

  Path database() {
    return folder.resolve("db");
  }

  private static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      String holder = Files.readString(file).strip();
      throw new StoreException(
          "the store in %s is in use by process %s: stop that one first, or choose another folder"
              .formatted(folder, holder.isEmpty() ? "(unknown)" : holder));
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(UTF_8)), 0);
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private void checkFormat() throws IOException {
    Path file = folder.resolve("format");
    String content;
    try {
      content = Files.readString(file).strip();
    } catch (NoSuchFileException _) {
      begin(file);
      return;
    }
    if (!content.matches(FORMAT_PREFIX + "\\d{1,9}")) {
      throw new StoreException(file + " does not name the format of a Tiphys store: " + content);
    }
    int format = Integer.parseInt(content.substring(FORMAT_PREFIX.length()));
    if (format > Layout.FORMAT) {
      throw new StoreException(
          "the store in %s has format %d, written by a newer Tiphys; this one reads up to %d: "
                  .formatted(folder, format, Layout.FORMAT)
              + "start the newer version, or choose another folder");
    }
    if (format < Layout.FORMAT) {
      writeFormat(file); // what older programs wrote is read as it is; what is written now is not
    }
  }

  private void begin(Path file) throws IOException {
    if (Files.exists(database().resolve("CURRENT"))) {
      throw new StoreException(
          folder + " holds a database but no file \"format\": it is not a whole Tiphys store");
    }
    Files.createDirectories(database());
    writeFormat(file);
  }

  private void writeFormat(Path file) throws IOException {
    AtomicFile.write(file, (FORMAT_PREFIX + Layout.FORMAT + "\n").getBytes(UTF_8));
    AtomicFile.syncFolder(folder);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StoreException("cannot give back the store in " + folder, e);
    }
  }
}
