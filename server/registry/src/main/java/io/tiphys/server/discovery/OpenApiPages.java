package io.tiphys.server.discovery;

import io.tiphys.base.Clock;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.Registry;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /openapi/v2}, {@code /openapi/v3} and what lies below it. Checked against
 * kube-openapi/pkg/handler and handler3.
 */
final class OpenApiPages {
  private static final String JSON = "application/json";

  /** As upstream's: what clients ask for has an @, which Go refuses in an answer. */
  private static final String SWAGGER_PROTO =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final String SWAGGER_PROTO_ASKED =
      "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

  /** For documents asked for by their tag, which never change. */
  private static final String FOR_EVER = "public, immutable";

  private final Clock clock;
  private volatile OpenApi documents;

  OpenApiPages(String gitVersion, Registry registry, Clock clock) {
    documents = new OpenApi(gitVersion, registry);
    this.clock = clock;
  }

  /** The documents of what is served now. */
  private OpenApi of(Registry registry) {
    OpenApi known = documents;
    if (known.registry() != registry) {
      known = known.of(registry);
      documents = known;
    }
    return known;
  }

  /** The answer, or null when there is no such page. */
  @Nullable Response handle(Request request, String path, Registry registry) {
    OpenApi openApi = of(registry);
    return switch (path) {
      case "/openapi/v2" -> version2(openApi, request);
      case "/openapi/v3" -> answer(request, openApi.index(), JSON, new HashMap<>());
      default ->
          path.startsWith("/openapi/v3/")
              ? version3(openApi, request, path.substring("/openapi/v3/".length()))
              : null;
    };
  }

  private static Response version2(OpenApi openApi, Request request) {
    for (String wanted : accepted(request)) {
      switch (wanted) {
        case JSON, "application/*", "*/*" -> {
          return answer(request, openApi.version2(), JSON, varying());
        }
        case SWAGGER_PROTO, SWAGGER_PROTO_ASKED -> {
          return answer(request, openApi.version2Proto(), SWAGGER_PROTO, varying());
        }
        default -> {} // unknown: the next one
      }
    }
    return notAcceptable();
  }

  private @Nullable Response version3(OpenApi openApi, Request request, String name) {
    Packed document = openApi.version3(name);
    if (document == null) {
      return null;
    }
    if (accepted(request).stream().noneMatch(Set.of(JSON, "application/*", "*/*")::contains)) {
      return notAcceptable();
    }
    String asked = request.parameter("hash");
    Map<String, String> headers = varying();
    if (asked != null && !asked.isEmpty()) {
      if (!asked.equals(document.tag())) {
        String url = OpenApi.url(name, document.tag());
        return new Response.Full(
            301, "text/html; charset=utf-8", List.of(), Map.of("Location", url));
      }
      headers.put("Cache-Control", FOR_EVER);
      headers.put(
          "Expires",
          DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
              .format(clock.now().atZone(ZoneOffset.UTC).plusYears(1)));
    }
    return answer(request, document, JSON, headers);
  }

  private static Response answer(
      Request request, Packed document, String type, Map<String, String> headers) {
    String tag = "\"" + document.tag() + "\"";
    headers.put("Etag", tag);
    if (tags(request).contains(tag)) {
      return new Response.Full(304, type, List.of(), headers);
    }
    if (words(request, "accept-encoding").contains("gzip")) {
      headers.put("Content-Encoding", "gzip");
      headers.merge("Vary", "Accept-Encoding", (some, more) -> some + ", " + more);
      return new Response.Full(200, type, List.of(document.gzip()), headers);
    }
    return new Response.Full(200, type, List.of(document.unpacked()), headers);
  }

  private static List<String> tags(Request request) {
    return words(request, "if-none-match").stream().map(t -> t.replaceFirst("^W/", "")).toList();
  }

  private static Map<String, String> varying() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Vary", "Accept");
    return headers;
  }

  private static Response notAcceptable() {
    return new Response.Full(406, "text/plain; charset=utf-8", List.of(), varying());
  }

  /** The media types that the client takes, the best first. */
  private static List<String> accepted(Request request) {
    record Wish(String type, double quality) {}
    List<Wish> wishes = new ArrayList<>();
    for (String clause : words(request, "accept")) {
      String[] parts = clause.split(";", -1);
      double quality = 1;
      for (String part : parts) {
        if (part.strip().startsWith("q=")) {
          quality = number(part.strip().substring(2));
        }
      }
      wishes.add(new Wish(parts[0].strip().toLowerCase(Locale.ROOT), quality));
    }
    if (wishes.isEmpty()) {
      return List.of("*/*");
    }
    wishes.sort(Comparator.comparingDouble(Wish::quality).reversed());
    return wishes.stream().map(Wish::type).toList();
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return 1;
    }
  }

  private static List<String> words(Request request, String header) {
    String value = request.header(header);
    if (value == null || value.isBlank()) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    for (String word : value.split(",", -1)) {
      words.add(word.strip());
    }
    return words;
  }
}
