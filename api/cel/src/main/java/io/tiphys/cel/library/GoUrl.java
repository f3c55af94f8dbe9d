package io.tiphys.cel.library;

import io.tiphys.meta.GoText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An address as Go's net/url reads it for {@code ParseRequestURI}.
 *
 * @param text as it was given
 * @param host with the port, if there is one
 * @param escapedPath as it was written, where that is a right way to write it
 */
public record GoUrl(String text, String scheme, String host, String escapedPath, String rawQuery) {
  private static final String UNRESERVED = "-_.~";

  /** What is no address, in Go's words. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String text, String problem) {
      super("parse " + GoText.quote(text) + ": " + problem, null, false, false);
    }
  }

  /** Reads an absolute address or an absolute path. */
  public static GoUrl parse(String text) throws Malformed {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7f) {
        throw new Malformed(text, "net/url: invalid control character in URL");
      }
    }
    if (text.isEmpty()) {
      throw new Malformed(text, "empty url");
    }
    if (text.equals("*")) {
      return new GoUrl(text, "", "", "*", "");
    }
    String scheme = scheme(text);
    String rest = scheme.isEmpty() ? text : text.substring(scheme.length() + 1);
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    rest = question < 0 ? rest : rest.substring(0, question);
    if (!rest.startsWith("/")) {
      if (scheme.isEmpty()) {
        throw new Malformed(text, "invalid URI for request");
      }
      return new GoUrl(text, scheme.toLowerCase(Locale.ROOT), "", "", query);
    }
    String host = "";
    if (rest.startsWith("//") && (!scheme.isEmpty() || !rest.startsWith("///"))) {
      if (scheme.isEmpty()) {
        // ParseRequestURI takes what looks like a host for a path.
        return new GoUrl(text, "", "", path(text, rest), query);
      }
      int slash = rest.indexOf('/', 2);
      String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
      rest = slash < 0 ? "" : rest.substring(slash);
      host = host(text, authority.substring(authority.lastIndexOf('@') + 1));
    }
    return new GoUrl(text, scheme.toLowerCase(Locale.ROOT), host, path(text, rest), query);
  }

  private static String scheme(String text) throws Malformed {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (c == ':') {
        if (i == 0) {
          throw new Malformed(text, "missing protocol scheme");
        }
        return text.substring(0, i);
      }
      if (!letter && (!later || i == 0)) {
        return "";
      }
    }
    return "";
  }

  private static String host(String text, String host) throws Malformed {
    if (host.startsWith("[")) {
      int end = host.lastIndexOf(']');
      if (end < 0) {
        throw new Malformed(text, "missing ']' in host");
      }
      checkPort(text, host.substring(end + 1));
      return host;
    }
    int colon = host.lastIndexOf(':');
    if (colon >= 0) {
      checkPort(text, host.substring(colon));
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == ' ' || "\"<>\\^`{|}".indexOf(c) >= 0) {
        throw new Malformed(
            text, "invalid character " + GoText.quote(String.valueOf(c)) + " in host name");
      }
    }
    return unescape(text, host);
  }

  private static void checkPort(String text, String port) throws Malformed {
    boolean valid =
        port.isEmpty()
            || (port.startsWith(":") && port.substring(1).chars().allMatch(Character::isDigit));
    if (!valid) {
      throw new Malformed(text, "invalid port " + GoText.quote(port) + " after host");
    }
  }

  private static String path(String text, String path) throws Malformed {
    String plain = unescape(text, path);
    boolean written = path.chars().allMatch(c -> isPlain(c) || "!'()*[]$&+,/:;=@%".indexOf(c) >= 0);
    return written ? path : escape(plain);
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNRESERVED.indexOf(c) >= 0;
  }

  private static String escape(String plain) {
    StringBuilder escaped = new StringBuilder();
    for (byte each : plain.getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      if (isPlain(c) || "$&+,/:;=@".indexOf(c) >= 0) {
        escaped.append((char) c);
      } else {
        escaped.append("%%%02X".formatted(c));
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text, String part) throws Malformed {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        out.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        int end = Math.min(bytes.length, i + 3);
        String bad = new String(bytes, i, end - i, StandardCharsets.UTF_8);
        throw new Malformed(text, "invalid URL escape " + GoText.quote(bad));
      }
      out.write(high * 16 + low);
      i += 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The host without the port and without brackets. */
  public String hostname() {
    String name = host;
    int colon = colon();
    name = colon < 0 ? name : name.substring(0, colon);
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  public String port() {
    int colon = colon();
    return colon < 0 ? "" : host.substring(colon + 1);
  }

  private int colon() {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? colon : -1;
  }

  /** The parameters; what is not written rightly is left out. */
  public Map<String, List<String>> query() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String pair : rawQuery.split("&", -1)) {
      if (pair.isEmpty() || pair.contains(";")) {
        continue;
      }
      int equals = pair.indexOf('=');
      try {
        String key = unescape(pair, plus(equals < 0 ? pair : pair.substring(0, equals)));
        String value = equals < 0 ? "" : unescape(pair, plus(pair.substring(equals + 1)));
        all.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
      } catch (Malformed _) {
        // left out
      }
    }
    return all;
  }

  private static String plus(String part) {
    return part.replace('+', ' ');
  }
}
