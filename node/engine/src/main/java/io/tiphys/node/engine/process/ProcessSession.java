package io.tiphys.node.engine.process;

import io.tiphys.linux.Signals;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A command in a container whose streams are pipes: the runtime's own process stands for it. */
public final class ProcessSession implements StreamingSession {
  /** What the runtime exits with when it could not start the command. */
  private static final int RUNTIME_FAILED = 255;

  /** Room for the runtime's last words. */
  private static final int TAIL = 4096;

  private final Process process;
  private final StdioOptions stdio;
  private final Path pidFile;
  private final Tail stderr;

  ProcessSession(Process process, StdioOptions stdio, Path pidFile) {
    this.process = process;
    this.stdio = stdio;
    this.pidFile = pidFile;
    this.stderr = new Tail(process.getErrorStream());
  }

  @Override
  public OutputStream stdin() {
    return stdio.stdin() ? process.getOutputStream() : OutputStream.nullOutputStream();
  }

  @Override
  public InputStream stdout() {
    return process.getInputStream();
  }

  @Override
  public InputStream stderr() {
    return stderr;
  }

  @Override
  public void resize(int columns, int rows) {}

  /**
   * @throws CriException when the command could not be started
   */
  @Override
  public int waitFor() throws InterruptedException {
    int code = process.waitFor();
    if (code == RUNTIME_FAILED) {
      String words = stderr.tail();
      int failed = words.lastIndexOf("exec failed: ");
      if (failed >= 0) {
        throw new CriException(
            CriException.Code.INTERNAL,
            "OCI runtime exec failed: " + words.substring(failed).strip());
      }
    }
    return code;
  }

  /** Kills the command, if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        Signals.send(Conmon.readPid(pidFile), Signals.SIGKILL);
      } catch (IOException e) {
        // The runtime has not come that far, and now will not.
      }
      process.destroyForcibly();
    }
  }

  /** Remembers the end of what was read. */
  private static final class Tail extends FilterInputStream {
    private byte[] last = new byte[0];

    Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      if (read > 0) {
        remember(bytes, offset, read);
      }
      return read;
    }

    private synchronized void remember(byte[] bytes, int offset, int length) {
      int kept = Math.min(last.length, Math.max(0, TAIL - length));
      int added = Math.min(length, TAIL);
      byte[] joined =
          Arrays.copyOf(Arrays.copyOfRange(last, last.length - kept, last.length), kept + added);
      System.arraycopy(bytes, offset + length - added, joined, kept, added);
      last = joined;
    }

    synchronized String tail() {
      return new String(last, StandardCharsets.UTF_8);
    }
  }
}
