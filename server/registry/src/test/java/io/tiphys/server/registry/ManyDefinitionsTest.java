package io.tiphys.server.registry;

import static io.tiphys.server.registry.CustomResourcesTest.PARTS;
import static io.tiphys.server.registry.CustomResourcesTest.SCHEMA;
import static io.tiphys.server.registry.CustomResourcesTest.SPEC;
import static io.tiphys.server.registry.CustomResourcesTest.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiextensionsV1;
import io.tiphys.rules.customresources.Definitions;
import org.junit.jupiter.api.Test;

/** What many definitions cost. */
class ManyDefinitionsTest {
  private static final int MANY = 1000;

  /** What a thousand definitions may cost: the design's budget. */
  private static final long MEGABYTES = 50;

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }

  private static String definition(int i) {
    return CustomResourcesTest.definition(SPEC, SCHEMA, PARTS)
        .replace("widgets", "widgets" + i)
        .replace("\"wd\"", "\"wd" + i + "\"")
        .replace("\"kind\":\"Widget\"", "\"kind\":\"Widget" + i + "\"");
  }

  @Test
  void aThousandDefinitionsFitIntoFiftyMegabytesAndAllAreServed() {
    try (ApiServerFixture server = ApiServerFixture.withCustomResources()) {
      long before = used();
      for (int i = 0; i < MANY; i++) {
        server
            .post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition(i))
            .expect(201);
      }
      awaitThat(
          () ->
              server.api.directory().list(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "").stream()
                  .allMatch(definition -> Definitions.is(definition, "Established")));
      server.get("/apis/example.com/v1/widgets999").expect(200);
      long after = used();
      System.getLogger("test")
          .log(System.Logger.Level.INFO, "1000 definitions: {0} MB", after - before);
      assertThat(after - before).isLessThanOrEqualTo(MEGABYTES);
    }
  }
}
