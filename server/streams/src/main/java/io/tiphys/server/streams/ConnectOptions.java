package io.tiphys.server.streams;

import io.tiphys.codec.Json;
import io.tiphys.server.http.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of a connection, as admission sees it: PodExecOptions and its like. Checked against
 * the options of pkg/registry/core/pod/rest/subresources.go and their conversion from a query.
 */
final class ConnectOptions {
  private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr", "tty");

  private ConnectOptions() {}

  static Json.Obj of(String subresource, Request request) {
    return switch (subresource) {
      case "exec" -> session("PodExecOptions", request);
      case "attach" -> session("PodAttachOptions", request);
      default -> portForward(request);
    };
  }

  private static Json.Obj.Builder begin(String kind) {
    return Json.Obj.builder().put("kind", kind).put("apiVersion", "v1");
  }

  private static Json.Obj session(String kind, Request request) {
    Json.Obj.Builder options = begin(kind);
    for (String stream : STREAMS) {
      if (Parameters.flag(request, stream)) {
        options.put(stream, true);
      }
    }
    String container = request.parameter("container");
    if (container != null && !container.isEmpty()) {
      options.put("container", container);
    }
    List<String> command = request.query().getOrDefault("command", List.of());
    if (kind.equals("PodExecOptions")) {
      options.put("command", new Json.Arr(command.stream().<Json>map(Json.Str::new).toList()));
    }
    return options.build();
  }

  private static Json.Obj portForward(Request request) {
    List<Json> ports = new ArrayList<>();
    for (String given : request.query().getOrDefault("ports", List.of())) {
      for (String port : given.split(",", -1)) {
        try {
          ports.add(Json.of(Integer.parseInt(port)));
        } catch (NumberFormatException notAPort) {
          // That is the tunnel's to refuse.
        }
      }
    }
    Json.Obj.Builder options = begin("PodPortForwardOptions");
    return ports.isEmpty() ? options.build() : options.put("ports", new Json.Arr(ports)).build();
  }
}
