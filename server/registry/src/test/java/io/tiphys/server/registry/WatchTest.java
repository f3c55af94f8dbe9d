package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.server.http.Response;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches as clients see them. */
class WatchTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String map(String name, String label) {
    return "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"x\":\"" + label + "\"}}}";
  }

  /** A client that reads a watch on a thread of its own. */
  private static final class Client implements Response.Sink {
    private static final String END = "<end>";

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();

    Client(Response.Streaming watch) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  watch.body().writeTo(this);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                frames.add(END);
              });
    }

    @Override
    public void write(List<byte[]> pieces) {
      for (String line : new String(ApiServerFixture.join(pieces), UTF_8).split("\n")) {
        frames.add(line);
      }
    }

    @Override
    public void onClose(Runnable action) {}

    /** The next event as {@code TYPE name}. */
    String next() throws InterruptedException {
      String frame = frames.take();
      if (frame.equals(END)) {
        return END;
      }
      Answered event = new Answered(200, frame.getBytes(UTF_8), "", Map.of());
      return event.at("type") + " " + event.at("object.metadata.name");
    }

    Json.Obj raw() throws InterruptedException {
      return (Json.Obj) JsonReader.of(frames.take().getBytes(UTF_8)).readTree();
    }
  }

  private static Json.Obj child(Json.Obj parent, String name) {
    return (Json.Obj) Objects.requireNonNull(parent.get(name));
  }

  private Client watch(String query) {
    return new Client(apiServer.watch(MAPS + "?watch=true" + query, Map.of()));
  }

  private String now() {
    return apiServer.get(MAPS).at("metadata.resourceVersion");
  }

  @Test
  void everyChangeIsSeenOnceInOrder() throws Exception {
    Client client = watch("&resourceVersion=" + now());
    apiServer.post(MAPS, map("a", "1")).expect(201);
    apiServer.merge(MAPS + "/a", "{\"data\":{\"k\":\"v\"}}").expect(200);
    apiServer.delete(MAPS + "/a").expect(200);
    assertThat(client.next()).isEqualTo("ADDED a");
    assertThat(client.next()).isEqualTo("MODIFIED a");
    Json.Obj deleted = client.raw();
    Json.Obj object = child(deleted, "object");
    Json.Obj metadata = child(object, "metadata");
    assertThat(deleted.get("type")).isEqualTo(new Json.Str("DELETED"));
    assertThat(metadata.get("resourceVersion"))
        .isEqualTo(new Json.Str(Long.toString(apiServer.store.readIndex().join())));
  }

  @Test
  void withoutAVersionThePresentComesFirst() throws Exception {
    apiServer.post(MAPS, map("b", "1")).expect(201);
    apiServer.post(MAPS, map("a", "1")).expect(201);
    Client client = watch("");
    assertThat(client.next()).isEqualTo("ADDED a");
    assertThat(client.next()).isEqualTo("ADDED b");
    apiServer.post(MAPS, map("c", "1")).expect(201);
    assertThat(client.next()).isEqualTo("ADDED c");
  }

  @Test
  void objectsEnterAndLeaveASelection() throws Exception {
    Client client = watch("&labelSelector=x%3D1&resourceVersion=" + now());
    apiServer.post(MAPS, map("a", "2")).expect(201);
    apiServer.merge(MAPS + "/a", "{\"metadata\":{\"labels\":{\"x\":\"1\"}}}").expect(200);
    apiServer.merge(MAPS + "/a", "{\"data\":{\"k\":\"v\"}}").expect(200);
    apiServer.merge(MAPS + "/a", "{\"metadata\":{\"labels\":{\"x\":\"2\"}}}").expect(200);
    apiServer.delete(MAPS + "/a").expect(200);
    apiServer.post(MAPS, map("last", "1")).expect(201);
    assertThat(client.next()).isEqualTo("ADDED a");
    assertThat(client.next()).isEqualTo("MODIFIED a");
    assertThat(client.next()).isEqualTo("DELETED a");
    assertThat(client.next()).isEqualTo("ADDED last");
  }

  @Test
  void initialEventsEndWithAMark() throws Exception {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    Client client =
        watch(
            "&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan");
    assertThat(client.next()).isEqualTo("ADDED a");
    Json.Obj mark = client.raw();
    assertThat(mark.get("type")).isEqualTo(new Json.Str("BOOKMARK"));
    Json.Obj metadata = child(child(mark, "object"), "metadata");
    assertThat(metadata.get("annotations"))
        .isEqualTo(Json.Obj.EMPTY.with("k8s.io/initial-events-end", new Json.Str("true")));
    assertThat(metadata.get("resourceVersion"))
        .isEqualTo(new Json.Str(Long.toString(apiServer.store.readIndex().join())));
  }

  @Test
  void bookmarksTellHowFarTheWatchHasCome() throws Exception {
    Client client = watch("&allowWatchBookmarks=true&resourceVersion=" + now());
    apiServer.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"other\"}}").expect(201);
    String reached = now();
    apiServer.clock.advance(Duration.ofSeconds(61));
    Json.Obj mark = client.raw();
    assertThat(mark.get("type")).isEqualTo(new Json.Str("BOOKMARK"));
    Json.Obj metadata = child(child(mark, "object"), "metadata");
    assertThat(metadata.get("resourceVersion")).isEqualTo(new Json.Str(reached));
  }

  @Test
  void aWatchEndsInTime() throws Exception {
    Client client = watch("&timeoutSeconds=5&resourceVersion=" + now());
    apiServer.clock.advance(Duration.ofSeconds(6));
    assertThat(client.next()).isEqualTo("<end>");
  }

  @Test
  void aVersionThatIsForgottenIsGone() throws Exception {
    String old = now();
    apiServer.post(MAPS, map("a", "1")).expect(201);
    apiServer.get(MAPS + "/a").expect(200); // the cache has seen it before time goes on
    apiServer.clock.advance(Duration.ofMinutes(2));
    for (int i = 0; i < 300; i++) {
      apiServer.merge(MAPS + "/a", "{\"data\":{\"n\":\"" + i + "\"}}").expect(200);
    }
    Json.Obj error = watch("&resourceVersion=" + old).raw();
    assertThat(error.get("type")).isEqualTo(new Json.Str("ERROR"));
    Json.Obj status = child(error, "object");
    assertThat(status.get("code")).isEqualTo(new Json.Int(410));
    assertThat(status.get("reason")).isEqualTo(new Json.Str("Expired"));
    assertThat(String.valueOf(status.get("message")))
        .contains("too old resource version: " + old + " (");
  }

  @Test
  void oneObjectCanBeWatched() throws Exception {
    Client client =
        new Client(
            apiServer.watch(
                MAPS + "?watch=1&fieldSelector=metadata.name%3Db&resourceVersion=" + now(),
                Map.of()));
    apiServer.post(MAPS, map("a", "1")).expect(201);
    apiServer.post(MAPS, map("b", "1")).expect(201);
    assertThat(client.next()).isEqualTo("ADDED b");
  }

  @Test
  void aTableNamesItsColumnsOnce() throws Exception {
    Map<String, String> table = Map.of("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    Client client = new Client(apiServer.watch(MAPS + "?watch=1&resourceVersion=" + now(), table));
    apiServer.post(MAPS, map("a", "1")).expect(201);
    apiServer.post(MAPS, map("b", "1")).expect(201);
    Json.Obj first = child(client.raw(), "object");
    Json.Obj second = child(client.raw(), "object");
    assertThat(first.get("columns")).isEqualTo(new Json.Bool(true));
    assertThat(second.get("columns")).isEqualTo(new Json.Bool(false));
  }
}
