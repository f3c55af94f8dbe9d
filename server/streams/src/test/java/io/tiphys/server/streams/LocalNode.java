package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.client.node.NodeApi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A node whose containers are processes of this machine and whose pods share its loopback. */
final class LocalNode implements NodeApi {
  final Queue<String> sizes = new ConcurrentLinkedQueue<>();
  final AtomicInteger closedSessions = new AtomicInteger();
  final Queue<LogOptions> logOptions = new ConcurrentLinkedQueue<>();
  volatile Supplier<InputStream> log = () -> new ByteArrayInputStream(new byte[0]);
  volatile List<String> mainCommand = List.of("cat");

  @Override
  public InputStream logs(ContainerName container, LogOptions options) {
    logOptions.add(options);
    return log.get();
  }

  @Override
  public Session exec(ContainerName container, List<String> command, StdioOptions stdio) {
    if (command.getFirst().equals("missing")) {
      throw ApiFailure.internalError("container not found (\"" + container.container() + "\")");
    }
    return new ProcessSession(command, true);
  }

  @Override
  public Session attach(ContainerName container, StdioOptions stdio) {
    return new ProcessSession(mainCommand, false);
  }

  @Override
  public Connection portForward(String namespace, String pod, int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      return new SocketConnection(socket, socket.getInputStream(), new HalfClosing(socket));
    } catch (IOException e) {
      throw ApiFailure.internalError(
          "failed to connect to localhost:" + port + " inside namespace: " + e.getMessage());
    }
  }

  private final class ProcessSession implements Session {
    private final Process process;
    private final boolean own;

    /**
     * @param own whether it ends with the session
     */
    ProcessSession(List<String> command, boolean own) {
      this.own = own;
      try {
        process = new ProcessBuilder(command).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public OutputStream stdin() {
      return process.getOutputStream();
    }

    @Override
    public InputStream stdout() {
      return process.getInputStream();
    }

    @Override
    public InputStream stderr() {
      return process.getErrorStream();
    }

    @Override
    public void resize(int columns, int rows) {
      sizes.add(columns + "x" + rows);
    }

    @Override
    public int waitFor() throws InterruptedException {
      return process.waitFor();
    }

    @Override
    public void close() {
      closedSessions.incrementAndGet();
      if (own) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private record SocketConnection(Socket socket, InputStream input, OutputStream output)
      implements Connection {
    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class HalfClosing extends OutputStream {
    private final Socket socket;

    HalfClosing(Socket socket) {
      this.socket = socket;
    }

    @Override
    public void write(int b) throws IOException {
      socket.getOutputStream().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      socket.getOutputStream().write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      socket.shutdownOutput();
    }
  }
}
