package io.tiphys.server.apiserver;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonIndent;
import io.tiphys.server.authentication.IssuerDocuments;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.Registry;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The paths there are, at {@code /}; checked against apiserver/pkg/server/routes/index.go. */
final class Index implements Handler {
  private final Collection<String> health;
  private final Supplier<Registry> registry;

  /**
   * @param health the paths of the health checks
   */
  Index(Collection<String> health, Supplier<Registry> registry) {
    this.health = health;
    this.registry = registry;
  }

  @Override
  public boolean mayBlock(Request request) {
    return false;
  }

  @Override
  public Response handle(Request request) {
    return Response.Full.of(200, Answers.JSON, document());
  }

  private byte[] document() {
    TreeSet<String> paths = new TreeSet<>(health);
    paths.addAll(List.of("/api", "/apis", "/apis/", "/metrics", "/version"));
    paths.addAll(List.of(IssuerDocuments.CONFIGURATION, IssuerDocuments.KEYS));
    paths.addAll(List.of("/openapi/v2", "/openapi/v3", "/openapi/v3/"));
    registry
        .get()
        .groups()
        .forEach(
            (group, versions) -> {
              String root = group.isEmpty() ? "/api" : "/apis/" + group;
              paths.add(root);
              versions.keySet().forEach(version -> paths.add(root + "/" + version));
            });
    List<Json> listed = paths.stream().<Json>map(Json.Str::new).toList();
    return JsonIndent.of(Json.Obj.builder().put("paths", new Json.Arr(listed)).build().toBytes());
  }
}
