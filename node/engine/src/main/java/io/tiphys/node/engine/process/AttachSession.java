package io.tiphys.node.engine.process;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.SeqPacketSocket;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A conversation over conmon's attach socket. What comes is whole messages, each with a first byte
 * that says which stream it is of; what goes is standard input. The terminal's size goes into a
 * named pipe beside the socket.
 */
public final class AttachSession implements StreamingSession {
  private static final int STDOUT = 2;
  private static final int STDERR = 3;

  /** conmon sends 8 KiB and one byte; more room costs nothing. */
  private static final int MESSAGE_LIMIT = 1 << 15;

  /** conmon reads 32 KiB at a time and drops the rest of a longer message. */
  private static final int SEND_LIMIT = 1 << 13;

  private final Path folder;
  private final SeqPacketSocket socket;
  private final StdioOptions stdio;
  private final Exit exit;
  private final Runnable onClose;
  private final BytePipe out = new BytePipe();
  private final BytePipe err = new BytePipe();
  private final InputStream stdout = out.reader();
  private final InputStream stderr = err.reader();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** How the process at the other end ends. */
  @FunctionalInterface
  public interface Exit {
    /** Blocks until it has; its exit code. */
    int await() throws InterruptedException;
  }

  private AttachSession(
      Path folder, SeqPacketSocket socket, StdioOptions stdio, Exit exit, Runnable onClose) {
    this.folder = folder;
    this.socket = socket;
    this.stdio = stdio;
    this.exit = exit;
    this.onClose = onClose;
  }

  static AttachSession open(Path folder, StdioOptions stdio, Exit exit, Runnable onClose) {
    SeqPacketSocket socket;
    try {
      socket = SeqPacketSocket.connect(folder.resolve("attach"), MESSAGE_LIMIT);
    } catch (LinuxFailure e) {
      throw new CriException(
          CriException.Code.FAILED_PRECONDITION, "cannot attach: " + e.getMessage(), e);
    }
    AttachSession session = new AttachSession(folder, socket, stdio, exit, onClose);
    // Receiving holds its thread in the kernel, so it is a platform thread.
    Thread.ofPlatform().daemon().name("attach-" + folder.getFileName()).start(session::receive);
    return session;
  }

  private void receive() {
    try {
      for (byte[] message = socket.receive(); message.length > 0; message = socket.receive()) {
        if (message[0] == STDOUT && stdio.stdout()) {
          out.write(message, 1, message.length - 1);
        } else if (message[0] == STDERR && stdio.stderr()) {
          err.write(message, 1, message.length - 1);
        }
      }
    } catch (IOException e) {
      // The container ended and conmon with it: the same as the end of the streams.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      out.finish();
      err.finish();
      socket.close();
    }
  }

  @Override
  public OutputStream stdin() {
    return stdio.stdin() ? new Input() : OutputStream.nullOutputStream();
  }

  @Override
  public InputStream stdout() {
    return stdout;
  }

  @Override
  public InputStream stderr() {
    return stderr;
  }

  @Override
  public void resize(int columns, int rows) {
    control(folder, "1 %d %d\n".formatted(rows, columns));
  }

  /** Tells the conmon of {@code folder} something through its control pipe. */
  public static void control(Path folder, String words) {
    Path pipe = folder.resolve("ctl");
    // Opening a pipe that nobody reads would block; conmon keeps both ends open while it lives.
    try (OutputStream control = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
      control.write(words.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new CriException(
          CriException.Code.FAILED_PRECONDITION,
          "its monitor does not listen: " + e.getMessage(),
          e);
    }
  }

  @Override
  public int waitFor() throws InterruptedException {
    return exit.await();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
      socket.shutdown();
      out.finish();
      err.finish();
      closeQuietly(stdout);
      closeQuietly(stderr);
    }
  }

  private static void closeQuietly(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new IllegalStateException("a pipe in memory closes", e);
    }
  }

  private final class Input extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int sent = 0; sent < length; sent += SEND_LIMIT) {
        socket.send(bytes, offset + sent, Math.min(SEND_LIMIT, length - sent));
      }
    }

    @Override
    public void close() {
      socket.shutdownOutput();
    }
  }
}
