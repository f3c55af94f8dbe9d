package io.tiphys.server.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.Registry;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /api}, {@code /apis}, {@code /openapi/v2}, {@code /openapi/v3} and what lies below
 * them, resources excepted.
 */
public final class DiscoveryHandler implements Handler {
  private static final String JSON = "application/json";

  private static final Response NOT_FOUND =
      Response.Full.of(404, "text/plain; charset=utf-8", "404 page not found\n".getBytes(UTF_8));

  private final Supplier<Registry> registry;
  private final OpenApiPages openApi;
  private final String serverAddress;

  /**
   * @param registry what is served now
   * @param gitVersion as {@code /version} tells it
   * @param serverAddress host and port of the listener
   */
  public DiscoveryHandler(
      Supplier<Registry> registry, String gitVersion, String serverAddress, Clock clock) {
    this.registry = registry;
    openApi = new OpenApiPages(gitVersion, registry.get(), clock);
    this.serverAddress = serverAddress;
  }

  /** Whether a path is this handler's. */
  public static boolean answers(String path) {
    String[] words = path.split("/", -1);
    return switch (words.length > 1 ? words[1] : "") {
      case "api" -> trimmed(words) <= 3;
      case "apis" -> trimmed(words) <= 4;
      case "openapi" -> true;
      default -> false;
    };
  }

  private static int trimmed(String[] words) {
    return words[words.length - 1].isEmpty() ? words.length - 1 : words.length;
  }

  @Override
  public Response handle(Request request) {
    Registry now = registry.get();
    String path = request.path().replaceAll("(?<!/)/++\\z", "");
    String accept = request.headers().getOrDefault("accept", "").toLowerCase(Locale.ROOT);
    if (path.startsWith("/openapi/")) {
      Response page = openApi.handle(request, path, now);
      return page == null ? NOT_FOUND : page;
    }
    boolean root = path.equals("/api") || path.equals("/apis");
    String form = root ? aggregatedForm(accept) : "";
    if (!form.isEmpty()) {
      String type = JSON + ";g=apidiscovery.k8s.io;v=" + form + ";as=APIGroupDiscoveryList";
      byte[] groups = new Discovery(now).aggregated(path.equals("/api"), form).toBytes();
      return new Response.Full(200, type, Answers.jsonBody(request, groups), Map.of());
    }
    Json document = discovery(new Discovery(now), path);
    if (document == null) {
      return NOT_FOUND;
    }
    return Answers.json(request, document.toBytes());
  }

  private @Nullable Json discovery(Discovery discovery, String path) {
    String[] words = path.substring(1).split("/");
    if (words[0].equals("api")) {
      return words.length == 1
          ? Discovery.versions(serverAddress)
          : discovery.resources("", words[1]);
    }
    return switch (words.length) {
      case 1 -> discovery.groups();
      case 2 -> discovery.group(words[1]);
      default -> discovery.resources(words[1], words[2]);
    };
  }

  /** The newest version of the aggregated document that the client takes, or empty. */
  private static String aggregatedForm(String accept) {
    if (!accept.contains("as=apigroupdiscoverylist")) {
      return "";
    }
    return accept.contains("v=v2;") || accept.endsWith("v=v2") ? "v2" : "v2beta1";
  }
}
