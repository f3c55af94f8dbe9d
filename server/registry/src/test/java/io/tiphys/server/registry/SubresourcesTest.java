package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.kinds.Subresource;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the registry says of subresources is what is served of them. */
class SubresourcesTest {
  private final ApiServerFixture server = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void partsAreThoseThatTheRulesOfTheKindKnow() {
    for (ServedKind<?> kind : BuiltinKinds.registry().kinds()) {
      if (!kind.stored()) {
        continue;
      }
      Set<String> parts = new TreeSet<>();
      kind.subresources()
          .forEach(
              (name, subresource) -> {
                if (subresource instanceof Subresource.Part) {
                  parts.add(name);
                }
              });
      assertThat(parts)
          .as(kind.resource().toString())
          .isEqualTo(kind.rules().subresources().keySet());
    }
  }

  @Test
  void aPartIsServedWithTheVerbsItHasAndNoOthers() {
    String namespace = "/api/v1/namespaces/default";
    server.get(namespace + "/finalize").expect(405);
    server.get(namespace + "/status").expect(200);
    server.post(namespace + "/status", "{}").expect(405);
    server.get(namespace + "/scale").expect(404);
    server.get("/api/v1/namespaces/default/bindings").expect(405);
  }
}
