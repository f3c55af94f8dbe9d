package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Secret;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.node.cri.AuthConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of a secret's credentials are for an image; pure. Checked against
 * pkg/credentialprovider/keyring.go and secrets/secrets.go.
 */
final class PullSecrets {
  private static final String DOCKER_HUB = "index.docker.io";

  private PullSecrets() {}

  /** The longest, most particular, registry first; none from a secret that makes no sense. */
  static List<AuthConfig> credentials(Secret secret, String image) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, Json> entry : registries(secret).entrySet()) {
      String registry = normal(entry.getKey());
      if (entry.getValue() instanceof Json.Obj auth && matches(registry, full(image))) {
        entries.add(new Entry(registry, auth(auth)));
      }
    }
    entries.sort((a, b) -> b.registry.compareTo(a.registry));
    return entries.stream().map(Entry::auth).toList();
  }

  private record Entry(String registry, AuthConfig auth) {}

  private static Map<String, Json> registries(Secret secret) {
    Json.Obj modern = object(secret.data().get(".dockerconfigjson"));
    if (modern != null && modern.get("auths") instanceof Json.Obj auths) {
      return auths.members();
    }
    Json.Obj old = object(secret.data().get(".dockercfg"));
    return old == null ? Map.of() : old.members();
  }

  private static Json.@Nullable Obj object(@Nullable Bytes text) {
    try {
      return text != null && Json.parse(text.toByteArray()) instanceof Json.Obj object
          ? object
          : null;
    } catch (CodecException e) {
      return null;
    }
  }

  /** Without scheme and the API versions that old tools write behind the host. */
  private static String normal(String registry) {
    String bare = registry.replaceFirst("^https?://", "").replaceFirst("/(v1|v2)?/?$", "");
    return bare.equals("docker.io") ? DOCKER_HUB : bare;
  }

  /** The image's name from its registry's host on. */
  private static String full(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
    if (!host) {
      return DOCKER_HUB + "/" + image;
    }
    return first.equals("docker.io") ? DOCKER_HUB + image.substring(slash) : image;
  }

  private static boolean matches(String registry, String image) {
    int slash = registry.indexOf('/');
    String path = slash < 0 ? "" : registry.substring(slash);
    String host = slash < 0 ? registry : registry.substring(0, slash);
    int end = image.indexOf('/');
    // A star stands for one part of a host's name, not for several.
    String pattern = Pattern.quote(host).replace("*", "\\E[^.]*\\Q");
    return image.substring(0, end).matches(pattern) && image.substring(end).startsWith(path);
  }

  private static AuthConfig auth(Json.Obj entry) {
    String auth = text(entry, "auth");
    return auth.isEmpty()
        ? AuthConfig.basic(text(entry, "username"), text(entry, "password"))
        : new AuthConfig("", "", auth, "", "", "");
  }

  private static String text(Json.Obj entry, String name) {
    return entry.get(name) instanceof Json.Str(String value) ? value : "";
  }
}
