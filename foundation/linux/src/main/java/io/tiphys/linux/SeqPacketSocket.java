package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A local socket of whole messages (SOCK_SEQPACKET), which Java has none of; conmon's attach socket
 * is one. One thread may receive while another sends; a waiting {@link #receive} holds its carrier,
 * so give it a platform thread.
 */
public final class SeqPacketSocket implements Lifecycle {
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SHUT_WR = 1;
  private static final int SHUT_RDWR = 2;

  /** sun_path of sockaddr_un, with its closing zero. */
  private static final int PATH_LIMIT = 108;

  private final int fd;
  private final Arena memory = Arena.ofShared();
  private final MemorySegment in;
  private boolean closed;

  private SeqPacketSocket(int fd, int messageLimit) {
    this.fd = fd;
    this.in = memory.allocate(messageLimit);
  }

  /**
   * Connects to the socket at {@code path}, however long the path.
   *
   * @param messageLimit the longest message to receive; the rest of a longer one is lost
   */
  public static SeqPacketSocket connect(Path path, int messageLimit) {
    int fd = Libc.call("socket", AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    Libc.check(fd, "make a socket");
    try {
      connect(fd, path);
    } catch (RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
    return new SeqPacketSocket(fd, messageLimit);
  }

  private static void connect(int fd, Path path) {
    int oPath = 0x200000;
    Path folder = path.toAbsolutePath().getParent();
    int folderFd = Libc.open(folder == null ? Path.of("/") : folder, oPath);
    try (Arena arena = Arena.ofConfined()) {
      // The folder's descriptor stands for the folder: the address stays short.
      String name = "/proc/self/fd/" + folderFd + "/" + path.getFileName();
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= PATH_LIMIT) {
        throw new LinuxFailure("connect to " + path, Errno.ENAMETOOLONG);
      }
      MemorySegment address = arena.allocate(2 + PATH_LIMIT, 2);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
      int result = Libc.callAgain("connect", fd, address.address(), address.byteSize());
      Libc.check(result, "connect to " + path);
    } finally {
      Libc.close(folderFd);
    }
  }

  /** Blocks for the next message; empty at the end of the conversation. */
  public byte[] receive() throws IOException {
    int length = Libc.callAgain("recv", fd, in.address(), in.byteSize(), 0);
    if (length < 0) {
      throw new IOException("receive: " + Errno.describe(-length));
    }
    return in.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Sends one message. */
  public void send(byte[] bytes, int offset, int length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(Math.max(1, length));
      MemorySegment.copy(bytes, offset, out, ValueLayout.JAVA_BYTE, 0, length);
      int sent = Libc.callAgain("send", fd, out.address(), length, MSG_NOSIGNAL);
      if (sent < 0) {
        throw new IOException("send: " + Errno.describe(-sent));
      }
    }
  }

  /** Tells the other side that nothing more will be sent. */
  public void shutdownOutput() {
    Libc.call("shutdown", fd, SHUT_WR);
  }

  /** Ends the conversation: a waiting {@link #receive} returns. */
  public void shutdown() {
    Libc.call("shutdown", fd, SHUT_RDWR);
  }

  /** Call after the receiving thread has ended, see {@link #shutdown}. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
      memory.close();
    }
  }
}
