package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The flows of packets that the kernel remembers in one network namespace, that of the thread which
 * opened this: who asked whom, and who answers in truth when the receiver was rewritten.
 */
public final class Conntrack implements Lifecycle {
  private static final int SUBSYSTEM = 1 << 8;
  private static final int GET = SUBSYSTEM | 1;
  private static final int DELETE = SUBSYSTEM | 2;
  private static final int TUPLE_ORIGINAL = 1;
  private static final int TUPLE_REPLY = 2;
  private static final int TUPLE_IP = 1;
  private static final int TUPLE_PROTOCOL = 2;
  private static final int IP_V4_SOURCE = 1;
  private static final int IP_V4_TARGET = 2;
  private static final int PROTOCOL_NUMBER = 1;
  private static final int SOURCE_PORT = 2;
  private static final int TARGET_PORT = 3;
  private static final int AF_INET = 2;
  private static final int UDP = 17;

  private final NetlinkSocket socket = new NetlinkSocket(NetlinkSocket.NETFILTER);

  private Conntrack() {}

  static Conntrack open() {
    return new Conntrack();
  }

  /**
   * A flow of IPv4 UDP packets.
   *
   * @param source who asked
   * @param target who was asked
   * @param answerer who got the question in truth
   */
  public record Flow(
      InetSocketAddress source, InetSocketAddress target, InetSocketAddress answerer) {}

  private record Ends(InetSocketAddress source, InetSocketAddress target, int protocol) {}

  private record Entry(Flow flow, byte[] tuple) {}

  /**
   * Forgets the UDP flows that {@code stale} picks: their next packet is looked at afresh.
   *
   * @return how many there were
   */
  public int forgetUdp(Predicate<Flow> stale) {
    int forgotten = 0;
    for (Entry entry : entries()) {
      if (stale.test(entry.flow)) {
        forget(entry);
        forgotten++;
      }
    }
    return forgotten;
  }

  private void forget(Entry entry) {
    var request =
        new NetlinkMessage(DELETE, NetlinkMessage.ACK)
            .bytes(AF_INET, 0, 0, 0)
            .nested(TUPLE_ORIGINAL, tuple -> tuple.raw(entry.tuple));
    try {
      socket.ask(request, "forget " + entry.flow);
    } catch (LinuxFailure e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private List<Entry> entries() {
    var request = new NetlinkMessage(GET, NetlinkMessage.DUMP).bytes(AF_INET, 0, 0, 0);
    List<Entry> found = new ArrayList<>();
    for (ByteBuffer body : socket.ask(request, "list flows")) {
      read(body).ifPresent(found::add);
    }
    return found;
  }

  private static Optional<Entry> read(ByteBuffer body) {
    ByteBuffer[] tuples = new ByteBuffer[TUPLE_REPLY + 1];
    body.position(4);
    NetlinkMessage.eachAttribute(
        body,
        (type, value) -> {
          if (type == TUPLE_ORIGINAL || type == TUPLE_REPLY) {
            tuples[type] = value;
          }
        });
    if (tuples[TUPLE_ORIGINAL] == null || tuples[TUPLE_REPLY] == null) {
      return Optional.empty();
    }
    Ends original = ends(tuples[TUPLE_ORIGINAL]);
    Ends reply = ends(tuples[TUPLE_REPLY]);
    if (original == null || reply == null || original.protocol != UDP) {
      return Optional.empty();
    }
    byte[] tuple = NetlinkMessage.rest(tuples[TUPLE_ORIGINAL]);
    return Optional.of(new Entry(new Flow(original.source, original.target, reply.source), tuple));
  }

  private static @Nullable Ends ends(ByteBuffer tuple) {
    var seen =
        new Object() {
          byte[] source = new byte[0];
          byte[] target = new byte[0];
          int protocol;
          int sourcePort;
          int targetPort;
        };
    NetlinkMessage.eachAttribute(
        tuple,
        (type, nested) ->
            NetlinkMessage.eachAttribute(
                nested,
                (inner, value) -> {
                  value.order(ByteOrder.BIG_ENDIAN);
                  switch (type << 8 | inner) {
                    case TUPLE_IP << 8 | IP_V4_SOURCE -> seen.source = NetlinkMessage.rest(value);
                    case TUPLE_IP << 8 | IP_V4_TARGET -> seen.target = NetlinkMessage.rest(value);
                    case TUPLE_PROTOCOL << 8 | PROTOCOL_NUMBER -> seen.protocol = value.get(0);
                    case TUPLE_PROTOCOL << 8 | SOURCE_PORT ->
                        seen.sourcePort = Short.toUnsignedInt(value.getShort(0));
                    case TUPLE_PROTOCOL << 8 | TARGET_PORT ->
                        seen.targetPort = Short.toUnsignedInt(value.getShort(0));
                    default -> {}
                  }
                }));
    if (seen.source.length != 4 || seen.target.length != 4) {
      return null;
    }
    return new Ends(
        at(seen.source, seen.sourcePort), at(seen.target, seen.targetPort), seen.protocol);
  }

  private static InetSocketAddress at(byte[] ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 bytes", e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
