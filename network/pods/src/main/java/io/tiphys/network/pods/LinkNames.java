package io.tiphys.network.pods;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of links, which the kernel limits to 15 characters, and their hardware addresses. */
final class LinkNames {
  private static final int LIMIT = 15;
  private static final String GATEWAY = "ty-";
  private static final String POD = "ty";
  private static final int PROFILE_CHARACTERS = 4;

  private LinkNames() {}

  /** The profile itself where it is short enough, else a digest of it. */
  static String gateway(String profile) {
    String plain = GATEWAY + profile;
    boolean fits = plain.length() <= LIMIT && profile.matches("[a-z0-9.-]+");
    return fits ? plain : (GATEWAY + digest(profile)).substring(0, LIMIT);
  }

  /** What all links to the profile's pods begin with, and no link of another does. */
  static String podPrefix(String profile) {
    return POD + digest(profile).substring(0, PROFILE_CHARACTERS);
  }

  static String pod(String profile, String sandboxId) {
    return (podPrefix(profile) + digest(sandboxId)).substring(0, LIMIT);
  }

  /**
   * A locally administered hardware address made of an IPv4 address, as CNI's bridge plugin does
   * it: an address that is given again keeps its neighbours' tables right.
   */
  static String mac(InetAddress address) {
    return "0a:58:" + HexFormat.ofDelimiter(":").formatHex(address.getAddress());
  }

  /** In digits and small letters, so that few characters tell many apart. */
  private static String digest(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(bytes)).toString(36);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
