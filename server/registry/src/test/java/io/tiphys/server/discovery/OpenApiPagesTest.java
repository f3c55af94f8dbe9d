package io.tiphys.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.Registry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How the documents are asked for: by form, by tag, compressed or not. */
class OpenApiPagesTest {
  private static final String PROTO = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  private static final Registry REGISTRY = BuiltinKinds.registry();
  private final DiscoveryHandler discovery =
      new DiscoveryHandler(() -> REGISTRY, "v1.36.0", "127.0.0.1:6443", new ManualClock());

  private Response.Full get(String path, Map<String, String> headers, String hash) {
    Map<String, List<String>> query = hash.isEmpty() ? Map.of() : Map.of("hash", List.of(hash));
    RequestInfo info = RequestInfo.of("GET", path, query);
    Request request = new Request("GET", path, query, headers, new byte[0], info, User.ANONYMOUS);
    return (Response.Full) discovery.handle(request);
  }

  private static String header(Response.Full answer, String name) {
    return Objects.requireNonNull(answer.headers().get(name), name);
  }

  @Test
  void theSecondFormIsJsonOrProtobufAsTheClientPrefers() {
    assertThat(get("/openapi/v2", Map.of(), "").contentType()).isEqualTo("application/json");
    String both = PROTO + ", application/json;q=0.9";
    assertThat(get("/openapi/v2", Map.of("accept", both), "").contentType())
        .isEqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    String json = PROTO + ";q=0.1, application/json";
    assertThat(get("/openapi/v2", Map.of("accept", json), "").contentType())
        .isEqualTo("application/json");
    assertThat(get("/openapi/v2", Map.of("accept", "text/html"), "").status()).isEqualTo(406);
  }

  @Test
  void aDocumentThatTheClientHasIsNotSentAgain() {
    for (String path : List.of("/openapi/v2", "/openapi/v3", "/openapi/v3/apis/apps/v1")) {
      String tag = header(get(path, Map.of(), ""), "Etag");
      assertThat(tag).matches("\"[0-9A-F]{128}\"");
      Response.Full again = get(path, Map.of("if-none-match", tag), "");
      assertThat(again.status()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }

  @Test
  void aDocumentAskedForByItsTagIsKeptForEver() {
    String path = "/openapi/v3/apis/apps/v1";
    String tag = header(get(path, Map.of(), ""), "Etag").replace("\"", "");
    Response.Full tagged = get(path, Map.of(), tag);
    assertThat(tagged.status()).isEqualTo(200);
    assertThat(header(tagged, "Cache-Control")).isEqualTo("public, immutable");
    assertThat(header(tagged, "Expires")).isEqualTo("Fri, 01 Jan 2027 00:00:00 UTC");
    assertThat(get(path, Map.of(), "").headers()).doesNotContainKey("Cache-Control");
    Response.Full moved = get(path, Map.of(), "ABC");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(header(moved, "Location")).isEqualTo(path + "?hash=" + tag);
  }

  @Test
  void clientsThatReadGzipGetTheKeptBytes() {
    Response.Full plain = get("/openapi/v3/apis/apps/v1", Map.of(), "");
    Response.Full packed =
        get("/openapi/v3/apis/apps/v1", Map.of("accept-encoding", "deflate, gzip"), "");
    assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
    assertThat(new Packed(packed.body().getFirst(), "").unpacked())
        .isEqualTo(plain.body().getFirst());
    assertThat(plain.headers()).doesNotContainKey("Content-Encoding");
  }
}
