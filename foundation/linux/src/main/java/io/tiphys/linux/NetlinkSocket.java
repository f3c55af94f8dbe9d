package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A socket to a part of the kernel that speaks netlink; one request at a time. */
final class NetlinkSocket implements Lifecycle {
  /** The routing tables. */
  static final int ROUTE = 0;

  /** The packet filter's tables. */
  static final int NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_NETLINK = 270;
  private static final int CAP_ACK = 10;
  private static final int EXT_ACK = 11;

  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int FLAG_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;

  /** The kernel fills at most 32 KiB per datagram of a dump. */
  private static final int RECEIVE_BYTES = 64 * 1024;

  private final int fd;
  private final Arena memory = Arena.ofShared();
  private final MemorySegment in = memory.allocate(RECEIVE_BYTES, 8);
  private int sequence;
  private boolean closed;

  NetlinkSocket(int protocol) {
    fd = Libc.call("socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    Libc.check(fd, "open a netlink socket");
    try (Arena arena = Arena.ofConfined()) {
      long on = arena.allocateFrom(ValueLayout.JAVA_INT, 1).address();
      // Reasons in words and short acknowledgements; kernels without them still work.
      Libc.call("setsockopt", fd, SOL_NETLINK, EXT_ACK, on, 4);
      Libc.call("setsockopt", fd, SOL_NETLINK, CAP_ACK, on, 4);
    }
  }

  /**
   * Sends a request and reads answers until the kernel acknowledges it or ends its list.
   *
   * @param what what the request asks, for the failure's message
   * @return the bodies of the answers, without their headers
   */
  synchronized List<ByteBuffer> ask(NetlinkMessage message, String what) {
    int current = ++sequence;
    byte[] bytes = message.finish(current);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      Libc.check(Libc.callAgain("send", fd, out.address(), bytes.length, 0), what);
    }
    List<ByteBuffer> answers = new ArrayList<>();
    boolean more = true;
    while (more) {
      int length = Libc.callAgain("recv", fd, in.address(), RECEIVE_BYTES, 0);
      Libc.check(length, what);
      more = readDatagram(length, current, what, answers);
    }
    return answers;
  }

  private boolean readDatagram(int length, int current, String what, List<ByteBuffer> answers) {
    // A copy: answers outlive the buffer.
    ByteBuffer all =
        ByteBuffer.wrap(in.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE))
            .order(ByteOrder.nativeOrder());
    int at = 0;
    boolean more = true;
    while (at + NetlinkMessage.HEADER_BYTES <= length) {
      int size = all.getInt(at);
      ByteBuffer body =
          all.slice(at + NetlinkMessage.HEADER_BYTES, size - NetlinkMessage.HEADER_BYTES)
              .order(ByteOrder.nativeOrder());
      if (all.getInt(at + 8) == current) {
        switch (all.getShort(at + 4)) {
          case NLMSG_DONE -> more = false;
          case NLMSG_ERROR -> {
            more = false;
            checkError(body, all.getShort(at + 6), what);
          }
          default -> answers.add(body);
        }
      }
      at += (size + 3) & ~3;
    }
    return more;
  }

  private static void checkError(ByteBuffer body, int flags, String what) {
    int errno = -body.getInt(0);
    if (errno == 0) {
      return;
    }
    StringBuilder reason = new StringBuilder();
    if ((flags & FLAG_ACK_TLVS) != 0) {
      // After the error number and the header of our own request.
      ByteBuffer attributes = body.duplicate().order(ByteOrder.nativeOrder());
      attributes.position(4 + NetlinkMessage.HEADER_BYTES);
      NetlinkMessage.eachAttribute(
          attributes,
          (type, value) -> {
            if (type == NLMSGERR_ATTR_MSG) {
              reason.append(NetlinkMessage.text(value));
            }
          });
    }
    throw new LinuxFailure(what, errno, reason.toString());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
      memory.close();
    }
  }
}
