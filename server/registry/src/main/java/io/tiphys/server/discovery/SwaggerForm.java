package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The second form of OpenAPI. Parameters that many operations have are written once and referred
 * to, as kube-openapi/pkg/builder/parameters.go shares them.
 */
final class SwaggerForm extends OpenApiForm {
  private static final String DEFINITIONS = "#/definitions/";

  /** Written at every operation: old kubectls look for them there. The name has its kind in it. */
  private static final Set<String> UNSHARED = Set.of("name", "fieldValidation", "dryRun");

  private final Map<String, Json> shared = new TreeMap<>();

  SwaggerForm(Definitions definitions, OpenApiParameters parameters) {
    super(definitions, parameters);
  }

  /** What {@link #paths} has referred to so far. */
  Json.Obj shared() {
    return new Json.Obj(shared);
  }

  @Override
  void write(Operation operation, List<String> own, Json.Obj.Builder out) {
    out.put("consumes", strings(operation.media().consumes()));
    out.put("produces", strings(operation.media().produces()));
    out.put("schemes", strings(List.of("https")));
    List<Json> parameters = new ArrayList<>();
    own.forEach(each -> parameters.add(parameter(each, operation.subject())));
    Operation.Body body = operation.body();
    if (body != null) {
      int before = (int) own.stream().filter(name -> name.compareTo("body") < 0).count();
      parameters.add(before, body(body));
    }
    if (!parameters.isEmpty()) {
      out.put("parameters", new Json.Arr(parameters));
    }
    Json.Obj.Builder answers = Json.Obj.builder();
    for (Operation.Answer answer : operation.answers()) {
      Json.Obj.Builder described = Json.Obj.builder().put("description", answer.description());
      if (!answer.schema().isEmpty()) {
        described.put("schema", schema(answer.schema(), DEFINITIONS));
      }
      answers.put(Integer.toString(answer.code()), described.build());
    }
    out.put("responses", answers.build());
  }

  @Override
  Json parameter(String parameter, String subject) {
    String name = OpenApiParameters.name(parameter);
    boolean path = OpenApiParameters.inPath(parameter);
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("uniqueItems", true)
            .put("type", type(parameter))
            .put("description", description(parameter, subject))
            .put("name", name)
            .put("in", path ? "path" : "query");
    if (path) {
      out.put("required", true);
    }
    Json.Obj written = out.build();
    return UNSHARED.contains(name) ? written : reference(name, written);
  }

  private Json body(Operation.Body body) {
    Json.Obj.Builder out = Json.Obj.builder().put("name", "body").put("in", "body");
    if (body.required()) {
      out.put("required", true);
    }
    Json.Obj written = out.put("schema", schema(body.schema(), DEFINITIONS)).build();
    boolean anyKind = body.schema().startsWith("io.k8s.apimachinery");
    return anyKind ? reference("body", written) : written;
  }

  private Json reference(String name, Json.Obj written) {
    String key = name + "-" + hash(written);
    shared.put(key, written);
    return Json.Obj.of("$ref", Json.of("#/parameters/" + key));
  }

  /** Six bytes of the text's FNV-1 hash. */
  private static String hash(Json.Obj written) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : written.text().getBytes(StandardCharsets.UTF_8)) {
      hash = hash * 0x100000001b3L ^ (b & 0xff);
    }
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(hash).array();
    return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(bytes, 6));
  }
}
