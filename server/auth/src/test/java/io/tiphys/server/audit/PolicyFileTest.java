package io.tiphys.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.server.authentication.Requests;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies as administrators write them. */
class PolicyFileTest {
  private static final String HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";
  private static final AuditPolicy POLICY =
      PolicyFile.read(
          HEAD
              + """
              omitStages: [RequestReceived]
              omitManagedFields: true
              rules:
              - level: None
                users: [system:kube-proxy]
                verbs: [watch]
                resources:
                - group: ""
                  resources: [endpoints, services]
              - level: None
                nonResourceURLs: ["/healthz*", "/version"]
              - level: Request
                namespaces: [kube-system]
                resources:
                - group: ""
                  resources: [configmaps]
                  resourceNames: [controller-leader]
                omitManagedFields: false
                omitStages: [Panic]
              - level: RequestResponse
                userGroups: [devs]
                resources:
                - group: "*"
                  resources: ["pods/*", "*/scale"]
              - level: Metadata
                namespaces: [""]
              """);

  @ParameterizedTest
  @CsvSource({
    "system:kube-proxy, GET, /api/v1/watch/services, None",
    "ann, GET, /api/v1/watch/services, Metadata",
    "ann, GET, /healthz/ping, None",
    "ann, GET, /version, None",
    "ann, GET, /versions, None",
    "ann, PUT, /api/v1/namespaces/kube-system/configmaps/controller-leader, Request",
    "ann, PUT, /api/v1/namespaces/kube-system/configmaps/other, None",
    "ann, GET, /api/v1/namespaces/n/pods/p/log, RequestResponse",
    "bob, GET, /api/v1/namespaces/n/pods/p/log, None",
    "ann, GET, /api/v1/namespaces/n/pods/p, RequestResponse",
    "ann, PUT, /apis/apps/v1/namespaces/n/deployments/d/scale, RequestResponse",
    "bob, GET, /api/v1/nodes/n, Metadata"
  })
  void theFirstRuleThatFitsDecides(String name, String method, String path, String level) {
    List<String> groups = name.equals("ann") ? List.of("devs") : List.of();
    User user = new User(name, "", groups, Map.of());

    assertThat(POLICY.of(Requests.of(method, path, user)).level().text()).isEqualTo(level);
  }

  @Test
  void aRuleAddsToTheStagesThatAreLeftOutAndDecidesOfManagedFields() {
    String map = "/api/v1/namespaces/kube-system/configmaps/controller-leader";
    AuditLog.Wanted wanted = POLICY.of(Requests.of("PUT", map, Events.ANN));

    assertThat(wanted.omitStages())
        .containsExactlyInAnyOrder(AuditEvent.Stage.RECEIVED, AuditEvent.Stage.PANIC);
    assertThat(wanted.omitManagedFields()).isFalse();
    assertThat(POLICY.of(Requests.of("GET", "/api/v1/nodes/n", Events.ANN)).omitManagedFields())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules: [{}] | rules[0].level: Required value",
        "rules: [{level: All}] | rules[0].level: Unsupported value: \"All\": supported values:"
            + " \"None\", \"Metadata\", \"Request\", \"RequestResponse\"",
        "rules: [] | loaded illegal policy with 0 rules",
        "rules: [{level: None, nonResourceURLs: [a]}] | rules[0].nonResourceURLs[0]: Invalid"
            + " value: \"a\": non-resource URL rules must begin with a '/' character",
        "rules: [{level: None, nonResourceURLs: [/a*b]}] | wildcards '*' must be the final"
            + " character of the rule",
        "rules: [{level: None, nonResourceURLs: [/a], namespaces: [ns]}] | rules cannot apply to"
            + " both regular resources and non-resource URLs",
        "rules: [{level: None, resources: [{group: A/v1}]}] | rules[0].resources.group: Invalid",
        "rules: [{level: None, resources: [{resourceNames: [a]}]}] | using resourceNames requires"
            + " at least one resource",
        "rules: [{level: None, omitStages: [Never]}] | rules[0].omitStages[0]: Invalid value:"
            + " \"Never\": allowed stages are"
            + " RequestReceived,ResponseStarted,ResponseComplete,Panic",
        "rules: [{level: 7}] | rules[0].level: must be a string"
      })
  void aWrongPolicyIsRefusedInUpstreamsWords(String text, String problem) {
    assertThatThrownBy(() -> PolicyFile.read(HEAD + text.strip()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(problem.strip());
  }

  @Test
  void anotherKindIsRefused() {
    assertThatThrownBy(() -> PolicyFile.read("apiVersion: v1\nkind: Pod"))
        .hasMessageContaining("failed decoding: no kind \"Pod\" is registered for version \"v1\"");
    assertThatThrownBy(() -> PolicyFile.read("rules: []"))
        .hasMessageContaining("'Kind' is missing");
  }
}
