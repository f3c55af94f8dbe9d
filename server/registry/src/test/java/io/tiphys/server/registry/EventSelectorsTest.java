package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.EventsV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Event;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.codec.Json;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.net.URLEncoder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fields that events are selected by, in both groups: ToSelectableFields in
 * pkg/registry/core/event/strategy.go under the names of pkg/apis/core/v1 and
 * pkg/apis/events/v1/conversion.go.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventSelectorsTest {
  private static final String CORE = "/api/v1/namespaces/default/events";
  private static final String NEWER = "/apis/events.k8s.io/v1/namespaces/default/events";

  private ApiServerFixture apiServer;
  private Source source;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
    source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
    apiServer.post(CORE, event("other", "Node", "o", "kubelet", "Warning", "Full")).expect(201);
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String event(
      String name, String kind, String about, String component, String type, String reason) {
    return """
    {"metadata":{"name":"%s"},"involvedObject":{"kind":"%s","namespace":"default","name":"%s",\
    "uid":"u-%s","apiVersion":"v1","resourceVersion":"7","fieldPath":"spec.%s"},\
    "source":{"component":"%s"},"type":"%s","reason":"%s","message":"m"}\
    """
        .formatted(name, kind, about, about, about, component, type, reason);
  }

  /** As a newer reporter writes it, without {@code deprecatedSource}. */
  private static String newer(String name) {
    return """
    {"metadata":{"name":"%s"},"eventTime":"2026-01-01T00:00:00.000000Z",\
    "regarding":{"kind":"Pod","namespace":"default","name":"p","uid":"u-p",\
    "apiVersion":"v9","resourceVersion":"8","fieldPath":"spec.p"},\
    "reportingController":"x.io/newer","reportingInstance":"i","action":"Do",\
    "type":"Normal","reason":"Done","note":"m"}\
    """
        .formatted(name);
  }

  @ParameterizedTest
  @CsvSource({
    "involvedObject.kind, Pod, regarding.kind",
    "involvedObject.name, p, regarding.name",
    "involvedObject.uid, u-p, regarding.uid",
    "involvedObject.apiVersion, v9, regarding.apiVersion",
    "involvedObject.resourceVersion, 8, regarding.resourceVersion",
    "involvedObject.fieldPath, spec.p, regarding.fieldPath",
    "reportingComponent, x.io/newer, reportingController",
    "reason, Done, reason",
    "type, Normal, type",
    "metadata.name, seen, metadata.name",
  })
  void listsAndWatchesAreByEachField(String field, String value, String newer) throws Exception {
    watched(CoreV1.EVENTS, field, value);
    watched(EventsV1.EVENTS, newer, value);
    assertThat(names(CORE, field + "=" + value)).isEqualTo("seen");
    assertThat(names(NEWER, newer + "=" + value)).isEqualTo("seen");
    assertThat(names(CORE, field + "!=" + value)).isEqualTo("other");
    assertThat(names(NEWER, newer + "!=" + value)).isEqualTo("other");
  }

  /** A watch sees this event come, and the other's change not at all. */
  private void watched(Resource<? extends ApiObject> resource, String field, String v)
      throws InterruptedException {
    apiServer.delete(NEWER + "/seen");
    String version = source.list(resource, "default", ListOptions.ALL).resourceVersion();
    try (WatchStream<?> watch =
        source.watch(resource, "default", new WatchOptions("", field + "=" + v, version))) {
      apiServer.merge(CORE + "/other", "{\"message\":\"again\"}").expect(200);
      apiServer.post(NEWER, newer("seen")).expect(201);
      assertThat(watch.next())
          .isInstanceOfSatisfying(
              WatchEvent.Added.class,
              added -> assertThat(((ApiObject) added.object()).name()).isEqualTo("seen"));
    }
  }

  @Test
  void theNamespaceOfWhatAnEventIsAboutIsAField() {
    apiServer.post(NEWER, newer("seen")).expect(201);
    assertThat(names(CORE, "involvedObject.namespace=default")).isEqualTo("other seen");
    assertThat(names(NEWER, "regarding.namespace=default")).isEqualTo("other seen");
    assertThat(names(NEWER, "regarding.namespace=elsewhere")).isEmpty();
  }

  @Test
  void theSourceOfAnEventWithoutOneIsItsReportingController() throws Exception {
    String version = source.list(CoreV1.EVENTS, "", ListOptions.ALL).resourceVersion();
    try (WatchStream<Event> watch =
        source.watch(
            CoreV1.EVENTS, "default", new WatchOptions("", "source=x.io/newer", version))) {
      apiServer.post(NEWER, newer("seen")).expect(201);
      assertThat(watch.next())
          .isInstanceOfSatisfying(
              WatchEvent.Added.class,
              added -> assertThat(((ApiObject) added.object()).name()).isEqualTo("seen"));
    }
    assertThat(names(CORE, "source=x.io/newer")).isEqualTo("seen");
    assertThat(names(CORE, "source=kubelet")).isEqualTo("other");
    assertThat(names(CORE, "source=")).isEmpty();
    assertThat(names(CORE, "reportingComponent=")).isEqualTo("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"regarding.kind", "reportingController", "message", "action"})
  void theCoreGroupKnowsNoOtherFields(String field) {
    unknown(CORE, field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"involvedObject.kind", "reportingComponent", "source", "note"})
  void theNewerGroupKnowsNoOtherFields(String field) {
    unknown(NEWER, field);
  }

  private void unknown(String path, String field) {
    Answered refused = apiServer.get(path + "?fieldSelector=" + field + "%3Da").expect(400);
    assertThat(refused.status().message()).isEqualTo("field label not supported: " + field);
  }

  private String names(String path, String selector) {
    String query = URLEncoder.encode(selector, UTF_8);
    Answered list = apiServer.get(path + "?fieldSelector=" + query).expect(200);
    Json.Arr items = (Json.Arr) Objects.requireNonNull(list.json().get("items"));
    return IntStream.range(0, items.elements().size())
        .mapToObj(i -> list.at("items." + i + ".metadata.name"))
        .collect(Collectors.joining(" "));
  }
}
