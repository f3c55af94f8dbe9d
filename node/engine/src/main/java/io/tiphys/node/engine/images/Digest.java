package io.tiphys.node.engine.images;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of content: an algorithm and what it makes of the content.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex in lower case
 */
public record Digest(String algorithm, String hex) {
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

  /**
   * @throws IllegalArgumentException for anything but {@code sha256:} or {@code sha512:} and as
   *     many digits as belong to it
   */
  public static Digest parse(String text) {
    if (!isDigest(text)) {
      throw new IllegalArgumentException("invalid digest: " + text);
    }
    int colon = text.indexOf(':');
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  static boolean isDigest(String text) {
    return FORM.matcher(text).matches();
  }

  /** The SHA-256 of {@code content}. */
  public static Digest of(byte[] content) {
    return of("sha256", newSha256().digest(content));
  }

  static Digest of(String algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  static MessageDigest newSha256() {
    return messageDigest("sha256");
  }

  static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-2", e);
    }
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
