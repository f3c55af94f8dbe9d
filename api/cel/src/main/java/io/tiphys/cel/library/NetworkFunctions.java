package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.Sizes;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.meta.GoText;
import java.util.function.Predicate;

/** IP addresses and networks (apiserver/pkg/cel/library/ip.go, cidr.go). */
final class NetworkFunctions {
  static final CelType IP = CelType.opaque("net.IP");
  static final CelType CIDR = CelType.opaque("net.CIDR");

  private NetworkFunctions() {}

  /** An address as a value. */
  record IpValue(NetAddress address) implements OpaqueValue, Sizes.Sized {
    @Override
    public CelType type() {
      return IP;
    }

    @Override
    public boolean same(Value other) {
      return equals(other);
    }

    @Override
    public long size() {
      return address.bytes().length;
    }
  }

  /** A network as a value; of its address all bits are kept. */
  record CidrValue(NetAddress address, int prefix) implements OpaqueValue, Sizes.Sized {
    @Override
    public CelType type() {
      return CIDR;
    }

    @Override
    public boolean same(Value other) {
      return equals(other);
    }

    @Override
    public long size() {
      return (prefix + 7L) / 8;
    }
  }

  static Library library() {
    return Library.of(
        Function.of(
            "ip",
            Overload.unary("string_to_ip", CelType.STRING, IP, NetworkFunctions::parseIp),
            Overload.accessor(
                "cidr_ip", CIDR, IP, value -> ofCidr(value, cidr -> new IpValue(cidr.address)))),
        Function.of(
            "family",
            Overload.accessor(
                "ip_family",
                IP,
                CelType.INT,
                value ->
                    value instanceof IpValue(NetAddress ip)
                        ? IntValue.of(ip.isV4() ? 4 : 6)
                        : ErrorValue.noSuchOverload(value))),
        Function.of(
            "ip.isCanonical",
            Overload.unary(
                "ip_is_canonical", CelType.STRING, CelType.BOOL, NetworkFunctions::isCanonical)),
        test("isUnspecified", "ip_is_unspecified", NetAddress::isUnspecified),
        test("isLoopback", "ip_is_loopback", NetAddress::isLoopback),
        test(
            "isLinkLocalMulticast", "ip_is_link_local_multicast", NetAddress::isLinkLocalMulticast),
        test("isLinkLocalUnicast", "ip_is_link_local_unicast", NetAddress::isLinkLocalUnicast),
        test("isGlobalUnicast", "ip_is_global_unicast", NetAddress::isGlobalUnicast),
        Function.of(
            "isIP",
            Overload.unary(
                "is_ip",
                CelType.STRING,
                CelType.BOOL,
                text -> BoolValue.of(!parseIp(text).isError()))),
        Function.of(
            "string",
            Overload.unary(
                "ip_to_string",
                IP,
                CelType.STRING,
                value ->
                    value instanceof IpValue(NetAddress ip)
                        ? new StringValue(ip.text())
                        : ErrorValue.noSuchOverload(value)),
            Overload.unary(
                "cidr_to_string",
                CIDR,
                CelType.STRING,
                value ->
                    ofCidr(
                        value, cidr -> new StringValue(cidr.address.text() + "/" + cidr.prefix)))),
        Function.of(
            "cidr",
            Overload.unary("string_to_cidr", CelType.STRING, CIDR, NetworkFunctions::parseCidr)),
        Function.of(
            "containsIP",
            Overload.method(
                "cidr_contains_ip_string",
                CIDR,
                CelType.STRING,
                CelType.BOOL,
                (cidr, text) -> containsIp(cidr, parseIp(text))),
            Overload.method(
                "cidr_contains_ip_ip", CIDR, IP, CelType.BOOL, NetworkFunctions::containsIp)),
        Function.of(
            "containsCIDR",
            Overload.method(
                "cidr_contains_cidr_string",
                CIDR,
                CelType.STRING,
                CelType.BOOL,
                (cidr, text) -> containsCidr(cidr, parseCidr(text))),
            Overload.method(
                "cidr_contains_cidr", CIDR, CIDR, CelType.BOOL, NetworkFunctions::containsCidr)),
        Function.of(
            "prefixLength",
            Overload.accessor(
                "cidr_prefix_length",
                CIDR,
                CelType.INT,
                value -> ofCidr(value, cidr -> IntValue.of(cidr.prefix)))),
        Function.of(
            "masked",
            Overload.accessor(
                "cidr_masked",
                CIDR,
                CIDR,
                value ->
                    ofCidr(
                        value,
                        cidr -> new CidrValue(cidr.address.masked(cidr.prefix), cidr.prefix)))),
        Function.of(
            "isCIDR",
            Overload.unary(
                "is_cidr",
                CelType.STRING,
                CelType.BOOL,
                text -> BoolValue.of(!parseCidr(text).isError()))));
  }

  private static Function test(String name, String id, Predicate<NetAddress> test) {
    return Function.of(
        name,
        Overload.accessor(
            id,
            IP,
            CelType.BOOL,
            value ->
                value instanceof IpValue(NetAddress ip)
                    ? BoolValue.of(test.test(ip))
                    : ErrorValue.noSuchOverload(value)));
  }

  private static Value ofCidr(Value value, java.util.function.Function<CidrValue, Value> of) {
    return value instanceof CidrValue cidr ? of.apply(cidr) : ErrorValue.noSuchOverload(value);
  }

  private static String text(Value value) {
    return value instanceof StringValue(String text) ? text : "";
  }

  private static Value parseIp(Value value) {
    String text = text(value);
    try {
      NetAddress address = NetAddress.parse(text);
      String quoted = GoText.quote(text);
      if (text.contains("%")) {
        return ErrorValue.of("IP address " + quoted + " with zone value is not allowed");
      }
      return address.isMapped()
          ? ErrorValue.of("IPv4-mapped IPv6 address " + quoted + " is not allowed")
          : new IpValue(address);
    } catch (NetAddress.Malformed e) {
      return ErrorValue.of(
          "IP Address "
              + GoText.quote(text)
              + " parse error during conversion from string: "
              + e.getMessage());
    }
  }

  private static Value isCanonical(Value value) {
    Value parsed = parseIp(value);
    return parsed instanceof IpValue(NetAddress ip)
        ? BoolValue.of(ip.text().equals(text(value)))
        : parsed;
  }

  private static Value parseCidr(Value value) {
    String text = text(value);
    String before = "network address parse error during conversion from string: ";
    try {
      NetAddress.Network network = NetAddress.parseNetwork(text);
      return network.address().isMapped()
          ? ErrorValue.of(
              before + "IPv4-mapped IPv6 address " + GoText.quote(text) + " is not allowed")
          : new CidrValue(network.address(), network.prefix());
    } catch (NetAddress.Malformed e) {
      return ErrorValue.of(before + before + e.getMessage());
    }
  }

  private static Value containsIp(Value network, Value address) {
    return network instanceof CidrValue(NetAddress base, int prefix)
            && address instanceof IpValue(NetAddress ip)
        ? BoolValue.of(base.isSameNetwork(ip, prefix))
        : ErrorValue.noSuchOverload(address);
  }

  private static Value containsCidr(Value network, Value other) {
    return network instanceof CidrValue(NetAddress base, int prefix)
            && other instanceof CidrValue(NetAddress inner, int length)
        ? BoolValue.of(prefix <= length && base.isSameNetwork(inner, prefix))
        : ErrorValue.noSuchOverload(other);
  }
}
