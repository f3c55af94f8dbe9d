package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI documents of one registry, made when first asked for and kept compressed: there are
 * as many as groups and versions, and a few more. Thread-safe.
 */
final class OpenApi {
  private final String gitVersion;
  private final Registry registry;
  private final OpenApiDocuments documents;
  private final Map<String, Packed> made = new ConcurrentHashMap<>();
  private final Map<String, Tagged> tags = new ConcurrentHashMap<>();
  private volatile @Nullable String descriptions;

  OpenApi(String gitVersion, Registry registry) {
    this.gitVersion = gitVersion;
    this.registry = registry;
    documents = new OpenApiDocuments(registry);
  }

  /**
   * What stands for a document.
   *
   * @param kinds those it tells of; the tag holds as long as they are the same
   */
  private record Tagged(List<ServedKind<?>> kinds, String tag) {}

  /** The documents of another registry; those that tell the same are taken from here. */
  OpenApi of(Registry next) {
    OpenApi following = new OpenApi(gitVersion, next);
    following.descriptions = descriptions;
    tags.forEach(
        (name, tagged) -> {
          if (following.documents.kinds(name).equals(tagged.kinds)) {
            following.tags.put(name, tagged);
            Packed document = made.get(name);
            if (document != null) {
              following.made.put(name, document);
            }
          }
        });
    return following;
  }

  Registry registry() {
    return registry;
  }

  /** {@code /openapi/v3}: where each document is. */
  Packed index() {
    return made("index", this::makeIndex);
  }

  private Packed makeIndex() {
    Map<String, Json> paths = new TreeMap<>();
    StringBuilder all = new StringBuilder();
    for (String name : documents.names()) {
      String tag = tag(name);
      all.append(tag);
      paths.put(name, Json.Obj.of("serverRelativeURL", Json.of(url(name, tag))));
    }
    Json index = Json.Obj.of("paths", new Json.Obj(paths));
    return Packed.of(index.toBytes(), digest(all.toString()));
  }

  /** The address of a document as it is now. */
  static String url(String name, String tag) {
    return "/openapi/v3/" + name + "?hash=" + tag;
  }

  /**
   * {@code /openapi/v3/NAME}, or null when there is no such document.
   *
   * @param name such as {@code apis/apps/v1}
   */
  @Nullable Packed version3(String name) {
    Map<String, List<Operation>> operations = documents.operations(name);
    return operations == null ? null : made(name, () -> makeVersion3(name, operations));
  }

  private Packed makeVersion3(String name, Map<String, List<Operation>> operations) {
    Definitions definitions =
        Definitions.read().with(CustomDefinitions.of(documents.kinds(name), false));
    Json.Obj paths = new Version3Form(definitions, OpenApiParameters.read()).paths(operations);
    Json.Obj.Builder schemas = Json.Obj.builder();
    definitions
        .reachable(definitions.mentioned(operations))
        .forEach((key, value) -> schemas.put(key, SchemaForms.version3(key, value, name)));
    Json.Obj.Builder components = Json.Obj.builder();
    components.put("schemas", schemas.build());
    components.put("securitySchemes", Json.Obj.of("BearerToken", BEARER_TOKEN));
    Json.Obj document =
        Json.Obj.builder()
            .put("openapi", "3.0.0")
            .put("info", info())
            .put("paths", paths)
            .put("components", components.build())
            .build();
    return Packed.of(document.toBytes(), tag(name));
  }

  private static final Json BEARER_TOKEN =
      Json.Obj.builder()
          .put("description", "Bearer Token authentication")
          .put("type", "apiKey")
          .put("name", "authorization")
          .put("in", "header")
          .build();

  /** {@code /openapi/v2} as JSON. */
  Packed version2() {
    return made("v2", () -> Packed.of(swagger().toBytes(), version2Tag()));
  }

  /** {@code /openapi/v2} as protobuf. */
  Packed version2Proto() {
    return made("v2.pb", () -> Packed.of(SwaggerProto.encode(swagger()), version2Tag()));
  }

  private Json.Obj swagger() {
    Map<String, List<Operation>> operations = documents.all();
    Definitions definitions = Definitions.read().with(CustomDefinitions.of(registry.kinds(), true));
    SwaggerForm form = new SwaggerForm(definitions, OpenApiParameters.read());
    Json.Obj paths = form.paths(operations);
    Map<String, Json> schemas = definitions.reachable(definitions.mentioned(operations));
    schemas.replaceAll((_, schema) -> SchemaForms.version2(schema));
    Json security = Json.Obj.of("BearerToken", Json.Arr.EMPTY);
    return Json.Obj.builder()
        .put("swagger", "2.0")
        .put("info", info())
        .put("paths", paths)
        .put("definitions", new Json.Obj(schemas))
        .put("parameters", form.shared())
        .put("securityDefinitions", Json.Obj.of("BearerToken", BEARER_TOKEN))
        .put("security", new Json.Arr(List.of(security)))
        .build();
  }

  private Json info() {
    return Json.Obj.builder().put("title", "Kubernetes").put("version", gitVersion).build();
  }

  private Packed made(String name, Supplier<Packed> maker) {
    return made.computeIfAbsent(name, _ -> maker.get());
  }

  private String version2Tag() {
    Set<String> all = new LinkedHashSet<>();
    documents.names().forEach(name -> all.add(tag(name)));
    return digest(String.join("", all));
  }

  /**
   * Stands for a document's content, which is a function of these: so the index can name all
   * documents before one is made.
   */
  private String tag(String name) {
    return tags.computeIfAbsent(name, this::tagged).tag;
  }

  private Tagged tagged(String name) {
    StringBuilder content = new StringBuilder(gitVersion).append(descriptions());
    content.append(documents.operations(name));
    List<ServedKind<?>> kinds = documents.kinds(name);
    for (ServedKind<?> kind : kinds) {
      ServedKind.Custom custom = kind.custom();
      content.append(custom == null ? "" : custom.schema().text());
    }
    return new Tagged(kinds, digest(content.toString()));
  }

  /** Read once: the index asks for each of its documents. */
  private String descriptions() {
    String known = descriptions;
    if (known == null) {
      known = checksum(Definitions.bytes()) + checksum(OpenApiParameters.bytes());
      descriptions = known;
    }
    return known;
  }

  private static String checksum(byte[] bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return checksum.getValue() + "/" + bytes.length + "\n";
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().withUpperCase().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
