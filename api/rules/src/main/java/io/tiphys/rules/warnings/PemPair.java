package io.tiphys.rules.warnings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether two texts hold a certificate and a key, in the words of Go's tls.X509KeyPair. What is in
 * the blocks, and whether key and certificate belong together, is not looked at.
 */
final class PemPair {
  private static final Pattern BLOCK =
      Pattern.compile("(?s)-----BEGIN ([^\\n]*?)-----.*?-----END \\1-----");

  private PemPair() {}

  /** What is wrong with them, or empty. */
  static String problem(String certificate, String key) {
    List<String> certificates = types(certificate);
    if (!certificates.contains("CERTIFICATE")) {
      return withoutCertificate(certificates);
    }
    List<String> keys = types(key);
    return keys.stream().anyMatch(PemPair::isKey) ? "" : withoutKey(keys);
  }

  private static boolean isKey(String type) {
    return type.equals("PRIVATE KEY") || type.endsWith(" PRIVATE KEY");
  }

  private static List<String> types(String text) {
    List<String> types = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      types.add(block.group(1));
    }
    return types;
  }

  private static String withoutCertificate(List<String> found) {
    if (found.isEmpty()) {
      return "tls: failed to find any PEM data in certificate input";
    }
    if (found.size() == 1 && found.getFirst().endsWith("PRIVATE KEY")) {
      return "tls: failed to find certificate PEM data in certificate input, but did find a"
          + " private key; PEM inputs may have been switched";
    }
    return "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM"
        + " blocks of the following types: ["
        + String.join(" ", found)
        + "]";
  }

  private static String withoutKey(List<String> found) {
    if (found.isEmpty()) {
      return "tls: failed to find any PEM data in key input";
    }
    if (found.size() == 1 && found.getFirst().equals("CERTIFICATE")) {
      return "tls: found a certificate rather than a key in the PEM for the private key";
    }
    return "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after"
        + " skipping PEM blocks of the following types: ["
        + String.join(" ", found)
        + "]";
  }
}
