package io.tiphys.rules;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a webhook is that no Service stands for; checked against ValidateWebhookURL of
 * apiserver/pkg/util/webhook/validation.go.
 */
public final class WebhookUrl {
  private static final String FORM = "; desired format: https://host[/path]";

  /** As Go reads one: nearly anything is a URL. */
  private static final Pattern URL =
      Pattern.compile(
          "(?!:|.*\\p{Cntrl})(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?"
              + "(?://(?:(?<user>[^/?#]*)@)?(?<host>[^/?#]*))?[^?#]*"
              + "(?:\\?(?<query>[^#]*))?(?:#(?<fragment>.*))?",
          Pattern.DOTALL);

  private WebhookUrl() {}

  public static void check(String text, FieldPath path, Checks checks) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      String problem =
          text.startsWith(":")
              ? "missing protocol scheme"
              : "net/url: invalid control character in URL";
      String what = "url must be a valid URL: parse \"" + text + "\": " + problem;
      checks.required(path, what + FORM);
      return;
    }
    String scheme = Objects.toString(url.group("scheme"), "").toLowerCase(Locale.ROOT);
    if (!scheme.equals("https")) {
      checks.invalid(path, scheme, "'https' is the only allowed URL scheme" + FORM);
    }
    if (Objects.toString(url.group("host"), "").isEmpty()) {
      checks.invalid(path, "", "host must be specified" + FORM);
    }
    String user = url.group("user");
    if (user != null) {
      checks.invalid(path, user, "user information is not permitted in the URL");
    }
    String fragment = Objects.toString(url.group("fragment"), "");
    if (!fragment.isEmpty()) {
      checks.invalid(path, fragment, "fragments are not permitted in the URL");
    }
    String query = Objects.toString(url.group("query"), "");
    if (!query.isEmpty()) {
      checks.invalid(path, query, "query parameters are not permitted in the URL");
    }
  }
}
