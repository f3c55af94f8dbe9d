package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where several servers serve one store, a definition is established once all may know it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EstablishingTest {
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String DEFINITION =
      """
      {"metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Cluster",
      "names":{"plural":"things","kind":"Thing"},"versions":[{"name":"v1","served":true,
      "storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}\
      """;

  private static boolean is(CustomResourceDefinition definition, String type) {
    return definition.status().conditions().stream()
        .anyMatch(condition -> condition.type().equals(type) && condition.status().equals("True"));
  }

  private static CustomResourceDefinition next(
      WatchStream<CustomResourceDefinition> watch, String type) throws InterruptedException {
    while (true) {
      if (watch.next() instanceof WatchEvent.Modified<CustomResourceDefinition>(var definition)
          && is(definition, type)) {
        return definition;
      }
    }
  }

  private static CustomResourceDefinition definition(Source source) {
    return source.get(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", "things.example.com");
  }

  @Test
  void namesAreAcceptedAtOnceAndTheRestFollowsWhenOthersKnow() throws Exception {
    try (ApiServerFixture apiServer = new ApiServerFixture().furnished()) {
      apiServer.followDefinitions(Duration.ofSeconds(5));
      Source source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
      String made =
          apiServer.post(DEFINITIONS, DEFINITION).expect(201).at("metadata.resourceVersion");
      try (WatchStream<CustomResourceDefinition> watch =
          source.watch(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", WatchOptions.from(made))) {
        assertThat(is(next(watch, "NamesAccepted"), "Established")).isFalse();
        while (apiServer.get("/apis/example.com/v1/things").code() != 200) {
          Thread.onSpinWait(); // it is served all the same
        }
        Instant accepted = apiServer.clock.now();
        while (!is(definition(source), "Established")) {
          apiServer.clock.advance(Duration.ofMillis(100));
        }
        assertThat(Duration.between(accepted, apiServer.clock.now()))
            .isGreaterThan(Duration.ofSeconds(3)); // conditions tell seconds, not parts of them

        apiServer.delete(DEFINITIONS + "/things.example.com").expect(200);
        next(watch, "Terminating");
        Instant deleted = apiServer.clock.now();
        while (apiServer.get(DEFINITIONS + "/things.example.com").code() == 200) {
          apiServer.clock.advance(Duration.ofMillis(100));
        }
        assertThat(Duration.between(deleted, apiServer.clock.now()))
            .isGreaterThan(Duration.ofSeconds(3));
      }
    }
  }
}
