package io.tiphys.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.server.kinds.BuiltinKinds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every operation as upstream 1.36 with its default features tells of it: a line of {@code
 * upstream-1.36-operations.txt} for each path and method. What only its alpha features add (CBOR)
 * is left out there.
 */
class OperationsTest {
  private static final Map<String, String> MEDIA =
      Map.ofEntries(
          Map.entry("*/*", "*"),
          Map.entry("application/json", "j"),
          Map.entry("application/yaml", "y"),
          Map.entry("application/vnd.kubernetes.protobuf", "p"),
          Map.entry("application/json;stream=watch", "jw"),
          Map.entry("application/vnd.kubernetes.protobuf;stream=watch", "pw"),
          Map.entry("text/plain", "t"),
          Map.entry("application/json-patch+json", "jp"),
          Map.entry("application/merge-patch+json", "mp"),
          Map.entry("application/strategic-merge-patch+json", "sp"),
          Map.entry("application/apply-patch+yaml", "ap"));

  private static final OpenApi OPEN_API = new OpenApi("v1.36.0", BuiltinKinds.registry());

  @Test
  void everyOperationOfTheSecondFormIsUpstreams() throws IOException {
    Json.Obj swagger = (Json.Obj) Json.parse(OPEN_API.version2().unpacked());
    Set<String> lines = new TreeSet<>();
    Lines form = new SwaggerLines(object(swagger, "parameters"));
    form.collect(object(swagger, "paths"), lines);
    assertThat(lines).containsExactlyInAnyOrderElementsOf(upstream());
  }

  @Test
  void everyOperationOfTheThirdFormIsUpstreams() throws IOException {
    Set<String> lines = new TreeSet<>();
    for (String name : new OpenApiDocuments(BuiltinKinds.registry()).names()) {
      Packed document = Objects.requireNonNull(OPEN_API.version3(name));
      Json.Obj paths = object((Json.Obj) Json.parse(document.unpacked()), "paths");
      new Version3Lines().collect(paths, lines);
    }
    // The third form says nothing of what is taken when there is no body.
    Set<String> expected = new TreeSet<>();
    for (String line : upstream()) {
      List<String> cells = new ArrayList<>(List.of(line.split("\\|", -1)));
      if (cells.get(7).isEmpty()) {
        cells.set(10, "");
      }
      expected.add(String.join("|", cells));
    }
    assertThat(lines).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Their names are hashes of what they say. */
  @Test
  void everySharedParameterSaysWhatUpstreamsSays() throws IOException {
    Json.Obj swagger = (Json.Obj) Json.parse(OPEN_API.version2().unpacked());
    assertThat(object(swagger, "parameters").members().keySet())
        .containsExactlyInAnyOrderElementsOf(lines("upstream-1.36-parameters.txt"));
  }

  @Test
  void callersShowABearerToken() {
    Json.Obj swagger = (Json.Obj) Json.parse(OPEN_API.version2().unpacked());
    assertThat(Objects.requireNonNull(swagger.get("security")).text())
        .isEqualTo("[{\"BearerToken\":[]}]");
    assertThat(text(object(object(swagger, "securityDefinitions"), "BearerToken"), "in"))
        .isEqualTo("header");
  }

  private static List<String> upstream() throws IOException {
    Map<String, String> sets = new HashMap<>();
    List<String> lines = new ArrayList<>();
    for (String line : lines("upstream-1.36-operations.txt")) {
      if (line.startsWith("$")) {
        sets.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(line.split("\\|", -1)));
      cells.set(8, sets.getOrDefault(cells.get(8), ""));
      lines.add(String.join("|", cells));
    }
    return lines;
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = OperationsTest.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** An operation in one line, whichever form it is written in. */
  private abstract static class Lines {
    abstract Json.Obj resolved(Json.Obj parameter);

    abstract String body(Json.Obj operation, List<Json.Obj> parameters);

    abstract String media(Json.Obj operation, boolean consumed);

    abstract String schema(Json.Obj answer);

    void collect(Json.Obj paths, Set<String> into) {
      paths
          .members()
          .forEach(
              (path, item) ->
                  ((Json.Obj) item)
                      .members()
                      .forEach(
                          (method, operation) -> {
                            if (!method.equals("parameters") && !path.contains("v1alpha1")) {
                              into.add(line(path, (Json.Obj) item, method, (Json.Obj) operation));
                            }
                          }));
    }

    private String line(String path, Json.Obj item, String method, Json.Obj operation) {
      List<Json.Obj> parameters = new ArrayList<>();
      for (Json.Obj owner : List.of(operation, item)) {
        elements(owner, "parameters").forEach(p -> parameters.add(resolved((Json.Obj) p)));
      }
      String names =
          parameters.stream()
              .map(parameter -> text(parameter, "name"))
              .filter(name -> !name.equals("body"))
              .sorted()
              .collect(Collectors.joining(","));
      Json.Obj kind = object(operation, "x-kubernetes-group-version-kind");
      String about =
          kind.members().isEmpty()
              ? ""
              : String.join("/", text(kind, "group"), text(kind, "version"), text(kind, "kind"));
      List<String> answers = new ArrayList<>();
      object(operation, "responses")
          .members()
          .forEach(
              (code, answer) ->
                  answers.add(
                      code
                          + ":"
                          + text((Json.Obj) answer, "description")
                          + ":"
                          + schema((Json.Obj) answer)));
      return String.join(
          "|",
          method,
          path,
          text(operation, "operationId"),
          text(operation, "description"),
          words(operation, "tags"),
          text(operation, "x-kubernetes-action"),
          about,
          body(operation, parameters),
          names,
          String.join(" ", answers),
          media(operation, true),
          media(operation, false));
    }
  }

  private static final class SwaggerLines extends Lines {
    private final Json.Obj shared;

    private SwaggerLines(Json.Obj shared) {
      this.shared = shared;
    }

    @Override
    Json.Obj resolved(Json.Obj parameter) {
      String reference = text(parameter, "$ref");
      return reference.isEmpty()
          ? parameter
          : object(shared, reference.substring("#/parameters/".length()));
    }

    @Override
    String body(Json.Obj operation, List<Json.Obj> parameters) {
      return parameters.stream()
          .filter(parameter -> text(parameter, "in").equals("body"))
          .map(body -> shortened(object(body, "schema")) + mark(body))
          .collect(Collectors.joining());
    }

    @Override
    String media(Json.Obj operation, boolean consumed) {
      assertThat(words(operation, "schemes")).isEqualTo("https");
      return elements(operation, consumed ? "consumes" : "produces").stream()
          .map(type -> MEDIA.getOrDefault(((Json.Str) type).value(), "?"))
          .collect(Collectors.joining(","));
    }

    @Override
    String schema(Json.Obj answer) {
      return shortened(object(answer, "schema"));
    }
  }

  private static final class Version3Lines extends Lines {
    @Override
    Json.Obj resolved(Json.Obj parameter) {
      return parameter;
    }

    @Override
    String body(Json.Obj operation, List<Json.Obj> parameters) {
      Json.Obj body = object(operation, "requestBody");
      return schema(body) + mark(body);
    }

    @Override
    String media(Json.Obj operation, boolean consumed) {
      Json.Obj owner =
          consumed
              ? object(operation, "requestBody")
              : object(object(operation, "responses"), "200");
      return object(owner, "content").members().keySet().stream()
          .map(type -> MEDIA.getOrDefault(type, "?"))
          .collect(Collectors.joining(","));
    }

    @Override
    String schema(Json.Obj owner) {
      return object(owner, "content").members().values().stream()
          .map(content -> shortened(object((Json.Obj) content, "schema")))
          .distinct()
          .collect(Collectors.joining(","));
    }
  }

  private static String mark(Json.Obj body) {
    return body.get("required") instanceof Json.Bool(boolean required) && required ? "!" : "";
  }

  private static String shortened(Json.Obj schema) {
    String name = text(schema, "$ref");
    return name.isEmpty()
        ? text(schema, "type")
        : name.substring(name.lastIndexOf('/') + 1)
            .replace("io.k8s.apimachinery.pkg.apis.meta.v1.", "meta.")
            .replace("io.k8s.api.", "");
  }

  private static Json.Obj object(Json.Obj owner, String name) {
    return owner.get(name) instanceof Json.Obj object ? object : Json.Obj.EMPTY;
  }

  private static String text(Json.Obj owner, String name) {
    return owner.get(name) instanceof Json.Str(String value) ? value : "";
  }

  private static List<Json> elements(Json.Obj owner, String name) {
    return owner.get(name) instanceof Json.Arr(List<Json> elements) ? elements : List.of();
  }

  private static String words(Json.Obj owner, String name) {
    return elements(owner, name).stream()
        .map(word -> ((Json.Str) word).value())
        .collect(Collectors.joining(","));
  }
}
