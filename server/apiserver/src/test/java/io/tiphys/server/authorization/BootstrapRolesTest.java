package io.tiphys.server.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.RbacV1;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.apiserver.ApiServerConfig;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.TableShape;
import io.tiphys.server.tls.Pki;
import io.tiphys.store.MemoryStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The roles of a real API server, over a restart. */
class BootstrapRolesTest {
  private static final User ADMIN = new User("admin", "", List.of(User.MASTERS), Map.of());
  private static final PolicyRule MINE =
      PolicyRule.EMPTY
          .withVerbs(List.of("get"))
          .withApiGroups(List.of("example.com"))
          .withResources(List.of("ships"));

  private final SystemClock clock = new SystemClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final MemoryStore store = new MemoryStore(clock);
  private final Pki pki = Pki.ephemeral(clock, new SecureRandom());

  private ApiServer open() {
    ApiServerConfig config =
        new ApiServerConfig(
            "v1.36.0+tiphys",
            "amd64",
            "192.0.2.1",
            6443,
            "10.96.0.0/16",
            List.of(pki.authority()),
            pki.serviceAccountKey(),
            Map.of());
    return ApiServer.open(
        config,
        new ApiServer.Dependencies(
            store,
            clock,
            new Random(1),
            loops,
            new NoTables(),
            node -> {
              throw ApiFailure.notFound("nodes", node);
            },
            AuditLog.OFF,
            new HttpMetrics(),
            List.of()));
  }

  private static final class NoTables implements TablePrinter {
    @Override
    public <T extends ApiObject> Json.Obj print(
        TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options) {
      return Json.Obj.EMPTY;
    }
  }

  @Test
  void whatWasTakenAwayComesBackAndWhatWasAddedStays() {
    try (ApiServer apiServer = open()) {
      Source source = apiServer.source(ADMIN, "test");
      assertThat(source.list(RbacV1.CLUSTERROLES, "", ListOptions.ALL).items()).hasSize(70);
      assertThat(source.list(RbacV1.ROLEBINDINGS, "", ListOptions.ALL).items()).hasSize(7);
      ClusterRole discovery = source.get(RbacV1.CLUSTERROLES, "", "system:discovery");
      source.update(RbacV1.CLUSTERROLES, discovery.withRules(List.of(MINE)));
      ClusterRoleBinding basic = source.get(RbacV1.CLUSTERROLEBINDINGS, "", "system:basic-user");
      source.update(
          RbacV1.CLUSTERROLEBINDINGS,
          basic
              .withSubjects(List.of())
              .withMetadata(
                  basic.metadata().withAnnotations(Map.of(BootstrapPolicy.AUTOUPDATE, "false"))));
    }
    try (ApiServer apiServer = open()) {
      Source source = apiServer.source(ADMIN, "test");
      assertThat(source.get(RbacV1.CLUSTERROLES, "", "system:discovery").rules())
          .contains(MINE)
          .anySatisfy(rule -> assertThat(rule.nonResourceURLs()).contains("/version"));
      assertThat(source.get(RbacV1.CLUSTERROLEBINDINGS, "", "system:basic-user").subjects())
          .isEmpty();
    }
  }

  @Test
  void aRoleThatSaysSoFlowsIntoView() throws Exception {
    try (ApiServer apiServer = open()) {
      Source source = apiServer.source(ADMIN, "test");
      source.create(
          RbacV1.CLUSTERROLES,
          ClusterRole.EMPTY
              .withMetadata(
                  ObjectMeta.EMPTY
                      .withName("ship-viewer")
                      .withLabels(Map.of("rbac.authorization.k8s.io/aggregate-to-view", "true")))
              .withRules(List.of(MINE)));

      for (String role : List.of("view", "edit", "admin")) {
        while (!source.get(RbacV1.CLUSTERROLES, "", role).rules().contains(MINE)) {
          clock.sleep(Duration.ofMillis(10));
        }
      }
    }
  }
}
