package io.tiphys.network.dns;

import io.tiphys.network.dns.Answer.Item;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes answers in the form of RFC 1035, with names compressed and EDNS (RFC 6891) repeated. */
final class MessageWriter {
  private static final int RESPONSE = 0x8000;
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int CLASS_IN = 1;
  private static final int OPT_BYTES = 11;

  /**
   * What fits through every network without fragments; the usual choice since DNS flag day 2020.
   */
  static final int OUR_PAYLOAD = 1232;

  /** The longest message that TCP can frame. */
  static final int LARGEST = 65535;

  /** Beyond this the two bytes of a compression pointer do not reach. */
  private static final int POINTER_REACH = 0x3fff;

  private static final int NAME_BYTES = 255;

  private final ByteBuffer out = ByteBuffer.allocate(LARGEST + NAME_BYTES);
  private final Map<String, Integer> written = new HashMap<>();
  private final int limit;

  private MessageWriter(int limit) {
    this.limit = limit;
  }

  /** The answer for UDP: cut at what the asker takes, and marked so that it asks over TCP then. */
  static byte[] forUdp(Query query, Answer answer) {
    int taken = query.edns() ? Math.min(query.payload(), OUR_PAYLOAD) : Answer.SMALLEST_PAYLOAD;
    return new MessageWriter(taken).write(query, answer);
  }

  static byte[] forTcp(Query query, Answer answer) {
    return new MessageWriter(LARGEST).write(query, answer);
  }

  /** An answer to a message of which nothing but the header can be used. */
  static byte[] error(byte[] message, int code) {
    ByteBuffer out = ByteBuffer.allocate(Query.HEADER_BYTES);
    int kept = Query.word(message, 2) & (0x7800 | RECURSION_DESIRED);
    out.put(message, 0, 2).putShort((short) (RESPONSE | kept | code));
    return out.array();
  }

  /** An answer without records that says: ask over TCP. */
  static byte[] truncated(Query query) {
    byte[] message = forUdp(query, Answer.of(List.of(), List.of()));
    message[2] |= (byte) (TRUNCATED >> 8);
    return message;
  }

  /** The question section for {@code name}. */
  static byte[] question(String name, int type) {
    MessageWriter writer = new MessageWriter(LARGEST);
    writer.labels(name);
    writer.out.put((byte) 0).putShort((short) type).putShort((short) CLASS_IN);
    byte[] question = new byte[writer.out.position()];
    writer.out.get(0, question);
    return question;
  }

  private byte[] write(Query query, Answer answer) {
    out.putShort((short) query.id()).putShort((short) 0);
    out.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    out.put(query.question());
    written.put(query.name(), Query.HEADER_BYTES);
    int room = limit - (query.edns() ? OPT_BYTES : 0);
    int answers = writeAll(answer.answers(), room);
    int authority = writeAll(answer.authority(), room);
    boolean cut = answers < answer.answers().size() || authority < answer.authority().size();
    // Additional records are a courtesy: leaving some out is no reason to ask again.
    int additional = cut ? 0 : writeAll(answer.additional(), room);
    if (query.edns()) {
      out.put((byte) 0).putShort((short) Data.OPT).putShort((short) OUR_PAYLOAD);
      out.putInt(0).putShort((short) 0);
      additional++;
    }
    int flags =
        RESPONSE
            | AUTHORITATIVE
            | RECURSION_AVAILABLE
            | (query.flags() & RECURSION_DESIRED)
            | (cut ? TRUNCATED : 0)
            | answer.code();
    out.putShort(2, (short) flags);
    out.putShort(6, (short) answers).putShort(8, (short) authority);
    out.putShort(10, (short) additional);
    byte[] message = new byte[out.position()];
    out.get(0, message);
    return message;
  }

  /** Writes as many of {@code items} as there is room for; returns how many. */
  private int writeAll(List<Item> items, int room) {
    int count = 0;
    for (Item item : items) {
      int start = out.position();
      write(item);
      if (out.position() > room) {
        out.position(start);
        int end = start;
        written.values().removeIf(at -> at >= end);
        return count;
      }
      count++;
    }
    return count;
  }

  private void write(Item item) {
    name(item.name());
    out.putShort((short) item.data().type()).putShort((short) CLASS_IN).putInt(item.ttl());
    int start = out.position();
    out.putShort((short) 0);
    data(item.data());
    out.putShort(start, (short) (out.position() - start - 2));
  }

  private void data(Data data) {
    switch (data) {
      case Data.Address(var ip) -> out.put(ip.getAddress());
      case Data.NameServer(var name) -> name(name);
      case Data.Alias(var target) -> name(target);
      case Data.Pointer(var target) -> name(target);
      case Data.Text(var text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.put((byte) bytes.length).put(bytes);
      }
      case Data.Service service -> {
        out.putShort((short) service.priority()).putShort((short) service.weight());
        out.putShort((short) service.port());
        // RFC 2782: this name must not be compressed.
        labels(service.target());
        out.put((byte) 0);
      }
      case Data.Authority soa -> {
        name(soa.server());
        name(soa.mailbox());
        int refresh = 7200;
        int retry = 1800;
        int expire = 86400;
        out.putInt((int) soa.serial()).putInt(refresh).putInt(retry).putInt(expire);
        out.putInt(soa.minimum());
      }
    }
  }

  /** A name: label by label until the rest has been written before. */
  private void name(String name) {
    String rest = name;
    while (!rest.isEmpty()) {
      Integer before = written.get(rest);
      if (before != null) {
        out.putShort((short) (0xc000 | before));
        return;
      }
      if (out.position() <= POINTER_REACH) {
        written.put(rest, out.position());
      }
      int dot = rest.indexOf('.');
      labels(dot < 0 ? rest : rest.substring(0, dot));
      rest = dot < 0 ? "" : rest.substring(dot + 1);
    }
    out.put((byte) 0);
  }

  private void labels(String name) {
    for (String label : name.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
      out.put((byte) bytes.length).put(bytes);
    }
  }
}
