package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import java.util.List;

/** The third form of OpenAPI: schemas by media type, bodies apart from parameters. */
final class Version3Form extends OpenApiForm {
  private static final String SCHEMAS = "#/components/schemas/";

  Version3Form(Definitions definitions, OpenApiParameters parameters) {
    super(definitions, parameters);
  }

  @Override
  void write(Operation operation, List<String> own, Json.Obj.Builder out) {
    if (!own.isEmpty()) {
      out.put("parameters", parameters(own, operation.subject()));
    }
    Operation.Body body = operation.body();
    if (body != null) {
      Json content = content(operation.media().consumes(), body.schema());
      Json.Obj.Builder sent = Json.Obj.builder().put("content", content);
      if (body.required()) {
        sent.put("required", true);
      }
      out.put("requestBody", sent.build());
    }
    Json.Obj.Builder answers = Json.Obj.builder();
    for (Operation.Answer answer : operation.answers()) {
      Json.Obj.Builder described = Json.Obj.builder();
      if (!answer.schema().isEmpty()) {
        described.put("content", content(operation.media().produces(), answer.schema()));
      }
      described.put("description", answer.description());
      answers.put(Integer.toString(answer.code()), described.build());
    }
    out.put("responses", answers.build());
  }

  private Json content(List<String> media, String schema) {
    Json entry = Json.Obj.of("schema", schema(schema, SCHEMAS));
    Json.Obj.Builder content = Json.Obj.builder();
    media.forEach(type -> content.put(type, entry));
    return content.build();
  }

  @Override
  Json parameter(String parameter, String subject) {
    boolean path = OpenApiParameters.inPath(parameter);
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("description", description(parameter, subject))
            .put("in", path ? "path" : "query")
            .put("name", OpenApiParameters.name(parameter));
    if (path) {
      out.put("required", true);
    }
    Json schema = Json.Obj.builder().put("type", type(parameter)).put("uniqueItems", true).build();
    return out.put("schema", schema).build();
  }
}
