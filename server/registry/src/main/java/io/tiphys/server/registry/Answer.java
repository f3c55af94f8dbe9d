package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.rules.warnings.ApiDeprecations;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.kinds.Subresource;
import io.tiphys.server.tables.TablePrinter.Include;
import io.tiphys.server.tables.TablePrinter.TableOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How one request is to be answered.
 *
 * @param warnings what the client should hear beside the answer
 * @param audit what is told of the answer
 */
record Answer(Output output, TableOptions table, Warnings warnings, AuditNotes audit) {
  /** To a request about objects of {@code served}, or about one of their parts. */
  static Answer to(Served<?, ?> served, Request request) {
    if (served.isCustom()) {
      return to(request, Output.Endpoint.TREES).heard(served);
    }
    String name = request.info().subresource();
    Subresource part = name.isEmpty() ? null : served.kind().subresources().get(name);
    boolean printed = name.isEmpty() || (part != null && part.printed());
    return to(request, printed ? Output.Endpoint.OBJECTS : Output.Endpoint.QUESTIONS);
  }

  /** To a request to watch objects of {@code served}. */
  static Answer stream(Served<?, ?> served, Request request) {
    return served.isCustom()
        ? to(request, Output.Endpoint.TREE_STREAM).heard(served)
        : to(request, Output.Endpoint.STREAM);
  }

  private Answer heard(Served<?, ?> served) {
    String deprecation = served.kind().deprecation();
    if (!deprecation.isEmpty()) {
      warnings.addAll(List.of(deprecation));
    }
    return this;
  }

  static Answer to(Request request, Output.Endpoint endpoint) {
    Warnings warnings = new Warnings();
    RequestInfo info = request.info();
    warnings.addAll(ApiDeprecations.of(info.apiGroup(), info.apiVersion(), info.resource()));
    return new Answer(
        Output.negotiate(request, endpoint),
        new TableOptions(include(Parameters.text(request, "includeObject")), true),
        warnings,
        request.scope().audit());
  }

  /** The same answer as an audit event tells it: as JSON, whatever the client reads. */
  Answer told() {
    Output json = new Output(Encoding.JSON, output.shape(), false);
    return new Answer(json, table, warnings, new AuditNotes());
  }

  Answer with(Warnings heard) {
    warnings.addAll(heard);
    return this;
  }

  private static Include include(String value) {
    return switch (value) {
      case "", "Metadata" -> Include.METADATA;
      case "None" -> Include.NONE;
      case "Object" -> Include.OBJECT;
      default ->
          throw ApiFailure.badRequest(
              "Invalid value: \"" + value + "\": must be 'Metadata', 'Object', 'None', or empty");
    };
  }

  /** The Warning header, if there is something to say. */
  Map<String, String> headers() {
    List<String> messages = warnings.messages();
    if (messages.isEmpty()) {
      return Map.of();
    }
    return Map.of(
        "Warning", messages.stream().map(Answer::quoted).collect(Collectors.joining(", ")));
  }

  private static String quoted(String message) {
    return "299 - \"" + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
