package io.tiphys.network.dns;

import java.net.InetAddress;

/** What a record says, by its type. Names are in small letters, without the closing dot. */
sealed interface Data {
  int A = 1;
  int NS = 2;
  int CNAME = 5;
  int SOA = 6;
  int PTR = 12;
  int TXT = 16;
  int AAAA = 28;
  int SRV = 33;
  int OPT = 41;
  int AXFR = 252;
  int ANY = 255;

  /** The number of the type. */
  default int type() {
    return switch (this) {
      case Address(var ip) -> ip.getAddress().length == 4 ? A : AAAA;
      case NameServer _ -> NS;
      case Alias _ -> CNAME;
      case Authority _ -> SOA;
      case Pointer _ -> PTR;
      case Text _ -> TXT;
      case Service _ -> SRV;
    };
  }

  record Address(InetAddress ip) implements Data {}

  record NameServer(String name) implements Data {}

  record Alias(String target) implements Data {}

  record Pointer(String target) implements Data {}

  record Text(String text) implements Data {}

  record Service(int priority, int weight, int port, String target) implements Data {}

  /** Start of authority; its {@code minimum} is how long a "no" may be remembered. */
  record Authority(String server, String mailbox, long serial, int minimum) implements Data {}
}
