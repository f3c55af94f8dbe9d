package io.tiphys.rules.warnings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether two texts hold a certificate and a key, in the words of Go's tls.X509KeyPair. What is in
 * the blocks, and whether key and certificate belong together, is not looked at.
 */
final class PemPair {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "\n-----END ";
  private static final String DASHES = "-----";

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

  /**
   * The types of the blocks, found as encoding/pem's Decode does: the next line that ends a block,
   * and the last one before it that begins one. No part of the text is read twice.
   */
  private static List<String> types(String text) {
    List<String> types = new ArrayList<>();
    int at = 0;
    for (int end = text.indexOf(END); end >= 0; end = text.indexOf(END, at)) {
      String type = typeOfLast(text.substring(at, end));
      at = end + END.length();
      if (type != null && endsLine(text, type + DASHES, at)) {
        types.add(type);
        at += type.length() + DASHES.length();
      }
    }
    return types;
  }

  private static @Nullable String typeOfLast(String text) {
    int begin = text.lastIndexOf(BEGIN);
    if (begin < 0 || (begin > 0 && text.charAt(begin - 1) != '\n')) {
      return null;
    }
    String rest = text.substring(begin + BEGIN.length());
    int newline = rest.indexOf('\n');
    String line = (newline < 0 ? rest : rest.substring(0, newline)).stripTrailing();
    return line.endsWith(DASHES) ? line.substring(0, line.length() - DASHES.length()) : null;
  }

  /** Whether these words stand there, with nothing but blanks up to the end of the line. */
  private static boolean endsLine(String text, String words, int at) {
    if (!text.startsWith(words, at)) {
      return false;
    }
    int newline = text.indexOf('\n', at);
    int from = at + words.length();
    return text.substring(from, newline < 0 ? text.length() : newline).isBlank();
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
