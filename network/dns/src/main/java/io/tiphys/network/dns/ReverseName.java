package io.tiphys.network.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Names below in-addr.arpa and ip6.arpa: an address written backwards. */
final class ReverseName {
  private static final String IPV4 = ".in-addr.arpa";
  private static final String IPV6 = ".ip6.arpa";
  private static final int IPV4_LABELS = 4;
  private static final int IPV6_LABELS = 32;

  private ReverseName() {}

  /** The whole address that {@code name} stands for, if it is one. */
  static Optional<InetAddress> parse(String name) {
    if (name.endsWith(IPV4)) {
      List<String> labels = labels(name, IPV4);
      return labels.size() == IPV4_LABELS
          ? Endpoints.parse(String.join(".", labels))
          : Optional.empty();
    }
    if (name.endsWith(IPV6)) {
      List<String> labels = labels(name, IPV6);
      String digits = String.join("", labels);
      return labels.size() == IPV6_LABELS && digits.length() == IPV6_LABELS
          ? Endpoints.parse(digits.replaceAll("(.{4})(?=.)", "$1:"))
          : Optional.empty();
    }
    return Optional.empty();
  }

  private static List<String> labels(String name, String suffix) {
    String digits = name.substring(0, name.length() - suffix.length());
    return List.of(digits.split("\\.", -1)).reversed();
  }
}
