package io.tiphys.network.dns;

import io.tiphys.network.dns.Answer.Item;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads messages that somebody else has written, as far as needed. */
final class Records {
  private Records() {}

  /** Gets where a record's time to live stands and what it is. */
  @FunctionalInterface
  interface TtlVisitor {
    void visit(int at, int ttl);
  }

  /** Visits every record but the pseudo-record of EDNS, which has other things in that place. */
  static void eachTtl(byte[] message, TtlVisitor visitor) {
    int at = Query.HEADER_BYTES;
    for (int i = 0; i < Query.word(message, 4); i++) {
      at = Query.skipName(message, message.length, at) + 4;
    }
    int records = Query.word(message, 6) + Query.word(message, 8) + Query.word(message, 10);
    for (int i = 0; i < records; i++) {
      at = Query.skipName(message, message.length, at);
      if (at + 10 > message.length) {
        return;
      }
      if (Query.word(message, at) != Data.OPT) {
        int ttl = Query.word(message, at + 4) << 16 | Query.word(message, at + 6);
        visitor.visit(at + 4, ttl);
      }
      at += 10 + Query.word(message, at + 8);
    }
  }

  /** The addresses and aliases among the answers of a message, under their own names. */
  static List<Item> addresses(byte[] message) {
    List<Item> found = new ArrayList<>();
    int at = Query.HEADER_BYTES;
    for (int i = 0; i < Query.word(message, 4); i++) {
      at = Query.skipName(message, message.length, at) + 4;
    }
    for (int i = 0; i < Query.word(message, 6); i++) {
      int fixed = Query.skipName(message, message.length, at);
      if (fixed + 10 > message.length) {
        return found;
      }
      int type = Query.word(message, fixed);
      int ttl = Query.word(message, fixed + 4) << 16 | Query.word(message, fixed + 6);
      int size = Query.word(message, fixed + 8);
      if (fixed + 10 + size > message.length) {
        return found;
      }
      String name = name(message, at);
      if (type == Data.CNAME) {
        found.add(new Item(name, ttl, new Data.Alias(name(message, fixed + 10))));
      } else if ((type == Data.A && size == 4) || (type == Data.AAAA && size == 16)) {
        byte[] ip = Arrays.copyOfRange(message, fixed + 10, fixed + 10 + size);
        found.add(new Item(name, ttl, new Data.Address(address(ip))));
      }
      at = fixed + 10 + size;
    }
    return found;
  }

  private static InetAddress address(byte[] ip) {
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes", e);
    }
  }

  /** A name with its compression undone. Pointers must lead back, so that this ends. */
  private static String name(byte[] message, int start) {
    StringBuilder name = new StringBuilder();
    int at = start;
    int bound = start;
    while (at < message.length && message[at] != 0) {
      int size = Byte.toUnsignedInt(message[at]);
      if (size >= 0xc0) {
        int target = at + 1 < message.length ? Query.word(message, at) & 0x3fff : bound;
        if (target >= bound) {
          return "";
        }
        bound = target;
        at = target;
      } else {
        int end = Math.min(message.length, at + 1 + size);
        String label = new String(message, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
        name.append(name.isEmpty() ? "" : ".").append(label);
        at = end;
      }
    }
    return name.toString().toLowerCase(Locale.ROOT);
  }

  /** How long the whole message may be kept: 0 if nothing in it says. */
  static int shortestTtl(byte[] message) {
    int[] shortest = {Integer.MAX_VALUE};
    eachTtl(message, (_, ttl) -> shortest[0] = Math.min(shortest[0], Math.max(0, ttl)));
    return shortest[0] == Integer.MAX_VALUE ? 0 : shortest[0];
  }

  static void setTtl(byte[] message, int at, int ttl) {
    message[at] = (byte) (ttl >> 24);
    message[at + 1] = (byte) (ttl >> 16);
    message[at + 2] = (byte) (ttl >> 8);
    message[at + 3] = (byte) ttl;
  }
}
