package io.tiphys.network.pods;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of links, which the kernel limits to 15 characters, and their hardware addresses. */
final class LinkNames {
  private static final int LIMIT = 15;
  private static final String BRIDGE = "ty-";
  private static final String POD = "veth";

  private LinkNames() {}

  /** The profile itself where it is short enough, else a digest of it. */
  static String bridge(String profile) {
    String plain = BRIDGE + profile;
    boolean fits = plain.length() <= LIMIT && profile.matches("[a-z0-9.-]+");
    return fits ? plain : (BRIDGE + digest(profile)).substring(0, LIMIT);
  }

  static String pod(String profile, String sandboxId) {
    return (POD + digest(profile + "/" + sandboxId)).substring(0, LIMIT);
  }

  /**
   * A locally administered hardware address made of an IPv4 address, as CNI's bridge plugin does
   * it: an address that is given again keeps its neighbours' tables right.
   */
  static String mac(InetAddress address) {
    return "0a:58:" + HexFormat.ofDelimiter(":").formatHex(address.getAddress());
  }

  private static String digest(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
