package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the two forms of OpenAPI write alike: paths with their operations. */
abstract class OpenApiForm {
  private final Definitions definitions;
  private final OpenApiParameters parameters;

  OpenApiForm(Definitions definitions, OpenApiParameters parameters) {
    this.definitions = definitions;
    this.parameters = parameters;
  }

  /** One operation's members that its own form has. */
  abstract void write(Operation operation, List<String> own, Json.Obj.Builder out);

  /** A parameter of the path or query. */
  abstract Json parameter(String parameter, String subject);

  final Json.Obj paths(Map<String, List<Operation>> byPath) {
    Map<String, Json> paths = new TreeMap<>();
    byPath.forEach((path, operations) -> paths.put(path, item(operations)));
    return new Json.Obj(paths);
  }

  /** What all operations on a path take is written once, on the path. */
  private Json item(List<Operation> operations) {
    List<String> common = new ArrayList<>(operations.getFirst().parameters());
    operations.forEach(operation -> common.retainAll(operation.parameters()));
    Json.Obj.Builder out = Json.Obj.builder();
    for (Operation operation : operations) {
      List<String> own = new ArrayList<>(operation.parameters());
      own.removeAll(common);
      own.sort(OpenApiParameters.BY_NAME);
      out.put(operation.method(), operation(operation, own));
    }
    if (!common.isEmpty()) {
      common.sort(OpenApiParameters.BY_NAME);
      out.put("parameters", parameters(common, operations.getFirst().subject()));
    }
    return out.build();
  }

  private Json operation(Operation operation, List<String> own) {
    Json.Obj.Builder out = Json.Obj.builder();
    out.put("description", operation.description());
    out.put("operationId", operation.id());
    out.put("tags", strings(List.of(operation.tag())));
    write(operation, own, out);
    var kind = operation.kind();
    if (kind != null) {
      out.put("x-kubernetes-action", operation.action());
      out.put(
          "x-kubernetes-group-version-kind",
          Json.Obj.builder()
              .put("group", kind.group())
              .put("kind", kind.kind())
              .put("version", kind.version())
              .build());
    }
    return out.build();
  }

  final Json parameters(List<String> names, String subject) {
    return new Json.Arr(names.stream().map(name -> parameter(name, subject)).toList());
  }

  final String type(String parameter) {
    return parameters.type(parameter);
  }

  final String description(String parameter, String subject) {
    return parameters.description(parameter, subject);
  }

  /**
   * @param prefix of the form's references
   */
  final Json schema(String schema, String prefix) {
    if (schema.equals(Operation.TEXT)) {
      return Json.Obj.of("type", Json.of("string"));
    }
    return Json.Obj.of("$ref", Json.of(prefix + definitions.nameOf(schema)));
  }

  static Json strings(List<String> values) {
    return new Json.Arr(values.stream().<Json>map(Json.Str::new).toList());
  }
}
