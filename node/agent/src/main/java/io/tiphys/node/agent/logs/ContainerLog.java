package io.tiphys.node.agent.logs;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.node.NodeApi.LogOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A container's log as text, from CRI's format; checked against cri-client/pkg/logs/logs.go. Read
 * by one thread.
 */
public final class ContainerLog extends InputStream {
  /** How often a followed log is looked at; a person does not notice. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** So often a file's name may change between a look and the opening; then the log is gone. */
  private static final int TRIES = 20;

  private final Path file;
  private final LogOptions options;
  private final BooleanSupplier running;
  private final Disk disk;
  private final Clock clock;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final byte[] chunk = new byte[8192];
  private InputStream in;
  private Object opened;
  private int chunkAt;
  private int chunkEnd;
  private byte[] ready = new byte[0];
  private int readyAt;
  private long left;
  private boolean midLine;
  private boolean ended;

  private ContainerLog(
      Path file, LogOptions options, BooleanSupplier running, Disk disk, Clock clock)
      throws IOException {
    this.file = file;
    this.options = options;
    this.running = running;
    this.disk = disk;
    this.clock = clock;
    left = options.limitBytes() == null ? Long.MAX_VALUE : options.limitBytes();
    in = disk.newInputStream(file);
    opened = disk.attributes(file).fileKey();
    if (options.tailLines() != null) {
      skipTo(options.tailLines());
    }
  }

  /**
   * Opens a log.
   *
   * @param running whether its container runs still: then a followed log may grow
   * @throws UncheckedIOException when there is no such file
   */
  public static InputStream open(
      Path file, LogOptions options, BooleanSupplier running, Disk disk, Clock clock) {
    try {
      return new ContainerLog(file, options, running, disk, clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes on behind all but the last {@code lines} whole lines. */
  private void skipTo(long lines) throws IOException {
    Deque<Long> starts = new ArrayDeque<>();
    long at = 0;
    long start = 0;
    boolean partial = false;
    for (byte[] raw = nextRaw(); raw != null; raw = nextRaw()) {
      at += raw.length + 1L;
      LogLine parsed = LogLine.parse(raw, raw.length);
      if (!partial) {
        starts.add(start);
        if (starts.size() > lines) {
          starts.remove();
        }
      }
      partial = parsed != null && parsed.partial();
      start = at;
    }
    long from = starts.isEmpty() || lines == 0 ? at : starts.getFirst();
    in.close();
    in = disk.newInputStream(file);
    in.skipNBytes(from);
    chunkAt = 0;
    chunkEnd = 0;
    line.reset();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left <= 0) {
      return -1;
    }
    while (readyAt == ready.length) {
      if (ended || !fill()) {
        return -1;
      }
    }
    int count = (int) Math.min(Math.min(length, ready.length - readyAt), left);
    System.arraycopy(ready, readyAt, target, offset, count);
    readyAt += count;
    left -= count;
    return count;
  }

  /** Makes the next piece of text ready; false at the end. */
  private boolean fill() throws IOException {
    byte[] raw = nextRaw();
    while (raw == null) {
      if (!options.follow()) {
        ended = true;
        return false;
      }
      boolean last = !running.getAsBoolean();
      boolean rotated = !fileKey(file).equals(opened);
      // Asked again only now: what was written before the end or the rotation is all there.
      raw = nextRaw();
      if (raw == null && rotated) {
        openFile();
        raw = nextRaw();
      } else if (raw == null && last) {
        ended = true;
        return false;
      } else if (raw == null) {
        rest();
        raw = nextRaw();
      }
    }
    LogLine parsed = LogLine.parse(raw, raw.length);
    if (parsed != null && wanted(parsed)) {
      ready = text(parsed);
      readyAt = 0;
    }
    return true;
  }

  private boolean wanted(LogLine parsed) {
    Instant since = options.since();
    Instant time = since == null ? null : parsed.instant();
    return since == null || time == null || !time.isBefore(since);
  }

  private byte[] text(LogLine parsed) {
    byte[] prefix =
        options.timestamps() && !midLine
            ? (parsed.time() + " ").getBytes(StandardCharsets.US_ASCII)
            : new byte[0];
    midLine = parsed.partial();
    byte[] whole = new byte[prefix.length + parsed.text().length + (midLine ? 0 : 1)];
    System.arraycopy(prefix, 0, whole, 0, prefix.length);
    System.arraycopy(parsed.text(), 0, whole, prefix.length, parsed.text().length);
    if (!midLine) {
      whole[whole.length - 1] = '\n';
    }
    return whole;
  }

  /** The next whole line as it stands in the file, or null if there is none yet. */
  private byte @Nullable [] nextRaw() throws IOException {
    while (true) {
      for (int i = chunkAt; i < chunkEnd; i++) {
        if (chunk[i] == '\n') {
          line.write(chunk, chunkAt, i - chunkAt);
          chunkAt = i + 1;
          byte[] raw = line.toByteArray();
          line.reset();
          return raw;
        }
      }
      line.write(chunk, chunkAt, chunkEnd - chunkAt);
      chunkAt = 0;
      chunkEnd = Math.max(0, in.read(chunk));
      if (chunkEnd == 0) {
        return null;
      }
    }
  }

  private void rest() throws IOException {
    try {
      clock.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Opens the file that was begun after the one at hand. Who reads slowly may be several rotations
   * behind; files get other names meanwhile.
   */
  private void openFile() throws IOException {
    for (int tries = 1; ; tries++) {
      Path path = LogRotation.following(disk, file, this::isOpened);
      Object begun = fileKey(path);
      try {
        InputStream next = disk.newInputStream(path);
        if (!begun.equals(opened) && begun.equals(fileKey(path))) {
          in.close();
          in = next;
          opened = begun;
          line.reset();
          return;
        }
        next.close();
      } catch (NoSuchFileException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
      rest();
    }
  }

  private boolean isOpened(Path path) {
    try {
      return disk.exists(path) && fileKey(path).equals(opened);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which file this is, whatever its name; while a rotation is under way the one that was open. */
  private Object fileKey(Path path) throws IOException {
    try {
      return disk.attributes(path).fileKey();
    } catch (NoSuchFileException e) {
      return opened;
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    in.close();
  }
}
