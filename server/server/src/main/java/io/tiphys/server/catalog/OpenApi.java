package io.tiphys.server.catalog;

import io.tiphys.codec.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** OpenAPI documents, made when first asked for and kept as bytes. Thread-safe. */
final class OpenApi {
  private final String gitVersion;
  private final Map<String, byte[]> made = new ConcurrentHashMap<>();

  OpenApi(String gitVersion) {
    this.gitVersion = gitVersion;
  }

  /** {@code /openapi/v3}: where the document of each group and version is. */
  byte[] index() {
    return made.computeIfAbsent("index", _ -> makeIndex());
  }

  private byte[] makeIndex() {
    Json.Obj.Builder paths = Json.Obj.builder();
    Surface.groups()
        .forEach(
            (group, versions) ->
                versions
                    .keySet()
                    .forEach(
                        version -> {
                          String name = documentName(group, version);
                          String url = "/openapi/v3/" + name + "?hash=" + hash(group, version);
                          paths.put(name, Json.Obj.of("serverRelativeURL", Json.of(url)));
                        }));
    return Json.Obj.of("paths", paths.build()).toBytes();
  }

  /**
   * {@code /openapi/v3/NAME}, or null when there is no such group and version.
   *
   * @param name such as {@code apis/apps/v1}
   */
  byte @Nullable [] version3(String name) {
    byte[] known = made.get(name);
    if (known == null) {
      known = makeVersion3(name);
      if (known != null) {
        made.put(name, known);
      }
    }
    return known;
  }

  private byte @Nullable [] makeVersion3(String name) {
    String[] words = name.split("/");
    boolean core = words.length == 2 && words[0].equals("api");
    if (!core && !(words.length == 3 && words[0].equals("apis"))) {
      return null;
    }
    String group = core ? "" : words[1];
    List<Surface.Entry> entries =
        Surface.groups().getOrDefault(group, Map.of()).get(words[words.length - 1]);
    if (entries == null) {
      return null;
    }
    Json.Obj.Builder schemas = Json.Obj.builder();
    definitions(entries).forEach((key, value) -> schemas.put(key, Definitions.forVersion3(value)));
    return Json.Obj.builder()
        .put("openapi", "3.0.0")
        .put("info", info())
        .put("paths", OpenApiPaths.of(entries, true))
        .put("components", Json.Obj.of("schemas", schemas.build()))
        .build()
        .toBytes();
  }

  /** {@code /openapi/v2} as JSON. */
  byte[] version2() {
    return made.computeIfAbsent("v2", _ -> swagger().toBytes());
  }

  /** {@code /openapi/v2} as protobuf. */
  byte[] version2Proto() {
    return made.computeIfAbsent("v2.pb", _ -> SwaggerProto.encode(swagger()));
  }

  private Json.Obj swagger() {
    Collection<Surface.Entry> entries = Surface.entries();
    return Json.Obj.builder()
        .put("swagger", "2.0")
        .put("info", info())
        .put("paths", OpenApiPaths.of(entries, false))
        .put("definitions", new Json.Obj(definitions(entries)))
        .build();
  }

  private static Map<String, Json> definitions(Iterable<Surface.Entry> entries) {
    Definitions definitions = Definitions.read();
    Set<String> names = new LinkedHashSet<>();
    for (Surface.Entry entry : entries) {
      String apiVersion = entry.resource().apiVersion();
      String kind = entry.resource().kind();
      for (String name :
          List.of(
              String.valueOf(definitions.nameOf(apiVersion, kind)),
              String.valueOf(definitions.nameOf(apiVersion, kind + "List")))) {
        names.add(name);
      }
      for (Surface.Subresource part : entry.subresources().values()) {
        names.add(String.valueOf(definitions.nameOf(part.kind().apiVersion(), part.kind().kind())));
      }
    }
    return definitions.reachable(names);
  }

  private Json info() {
    return Json.Obj.builder().put("title", "Kubernetes").put("version", gitVersion).build();
  }

  private static String documentName(String group, String version) {
    return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
  }

  /** Stands for the document's content: the program's version and the resources in it. */
  private String hash(String group, String version) {
    List<String> content = new ArrayList<>(List.of(gitVersion, group, version));
    Surface.groups()
        .getOrDefault(group, Map.of())
        .getOrDefault(version, List.of())
        .forEach(entry -> content.add(entry.resource().plural() + entry.subresources().keySet()));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", content).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
