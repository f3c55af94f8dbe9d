package io.tiphys.server.authorization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.server.authentication.Asking;
import io.tiphys.server.authentication.Requests;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessReviewsTest {
  private static final User ANN = new User("ann", "", List.of(User.AUTHENTICATED), Map.of());
  private static final User MASTER = new User("root", "", List.of(User.MASTERS), Map.of());

  private final RbacAuthorizer rbac = RbacAuthorizer.open(new HeldRoles(BootstrapPolicy.load()));
  private final AccessReviews reviews = new AccessReviews(rbac, rbac);

  private String ask(User user, String resource, String body) {
    return ask(user, "", resource, body);
  }

  private String ask(User user, String namespace, String resource, String body) {
    VirtualResource<?> asked =
        reviews.resources().stream()
            .filter(review -> review.resource().plural().equals(resource))
            .findFirst()
            .orElseThrow();
    return Asking.ask(asked, new Asker(user, namespace, ""), body);
  }

  @Test
  void mayI() {
    String question =
        "{\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}";

    assertThat(ask(ANN, "selfsubjectaccessreviews", question)).contains("\"allowed\":false");
    assertThat(ask(MASTER, "selfsubjectaccessreviews", question)).contains("\"allowed\":true");
  }

  @Test
  void mayHe() {
    assertThat(
            ask(
                MASTER,
                "subjectaccessreviews",
                "{\"spec\":{\"user\":\"system:kube-scheduler\",\"resourceAttributes\":"
                    + "{\"verb\":\"create\",\"resource\":\"pods\",\"subresource\":\"binding\"}}}"))
        .contains("\"allowed\":true")
        .contains(
            "RBAC: allowed by ClusterRoleBinding \\\"system:kube-scheduler\\\" of ClusterRole"
                + " \\\"system:kube-scheduler\\\" to User \\\"system:kube-scheduler\\\"");
  }

  @Test
  void mayHeHere() {
    assertThat(
            ask(
                MASTER,
                "n",
                "localsubjectaccessreviews",
                "{\"spec\":{\"user\":\"ann\",\"resourceAttributes\":"
                    + "{\"namespace\":\"n\",\"verb\":\"get\",\"resource\":\"pods\"}}}"))
        .contains("\"allowed\":false");
    assertThatThrownBy(
            () ->
                ask(
                    MASTER,
                    "n",
                    "localsubjectaccessreviews",
                    "{\"spec\":{\"user\":\"ann\",\"resourceAttributes\":"
                        + "{\"namespace\":\"m\",\"verb\":\"get\",\"resource\":\"pods\"}}}"))
        .hasMessageContaining("must match metadata.namespace");
  }

  @Test
  void whatMayI() {
    String question = "{\"spec\":{\"namespace\":\"n\"}}";

    assertThat(ask(ANN, "selfsubjectrulesreviews", question))
        .contains("selfsubjectaccessreviews")
        .contains("\"nonResourceURLs\"")
        .contains("/version");
    assertThat(ask(MASTER, "selfsubjectrulesreviews", question))
        .contains("{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}");
  }

  @Test
  void senselessQuestionsAreRefused() {
    assertThatThrownBy(() -> ask(ANN, "selfsubjectaccessreviews", "{\"spec\":{}}"))
        .hasMessageContaining(
            "exactly one of nonResourceAttributes or resourceAttributes must be specified");
    assertThatThrownBy(() -> ask(ANN, "selfsubjectrulesreviews", "{\"spec\":{}}"))
        .hasMessage("no namespace on request");
  }

  @Test
  void theStageRefusesAndLetsPass() throws Exception {
    AuthorizationStage stage = new AuthorizationStage(rbac);
    Handler next = _ -> Answers.text(200, "in");

    assertThat(stage.pass(Requests.of("GET", "/api/v1/pods", MASTER), next))
        .isInstanceOf(Response.Full.class);
    assertThat(stage.pass(Requests.of("GET", "/livez", User.ANONYMOUS), next))
        .isInstanceOf(Response.Full.class);
    assertThatThrownBy(() -> stage.pass(Requests.of("GET", "/api/v1/pods", ANN), next))
        .hasMessage(
            "pods is forbidden: User \"ann\" cannot list resource \"pods\" in API group \"\" at the"
                + " cluster scope");
  }

  @Test
  void impersonationNeedsPermissionForEveryPart() throws Exception {
    ImpersonationStage stage = new ImpersonationStage(rbac);
    User[] seen = new User[1];
    Handler next =
        request -> {
          seen[0] = request.user();
          return Answers.text(200, "in");
        };
    Map<String, String> asBob =
        Map.of(
            "impersonate-user",
            "bob",
            "impersonate-group",
            "devs, ops",
            "impersonate-extra-a%2fb",
            "c");

    stage.pass(Requests.of("GET", "/api", MASTER, asBob, ""), next);
    assertThat(seen[0])
        .isEqualTo(
            new User(
                "bob",
                "",
                List.of("devs", "ops", User.AUTHENTICATED),
                Map.of("a/b", List.of("c"))));

    Map<String, String> asRobot = Map.of("impersonate-user", "system:serviceaccount:ns:robot");
    stage.pass(Requests.of("GET", "/api", MASTER, asRobot, ""), next);
    assertThat(seen[0].groups())
        .containsExactly("system:serviceaccounts", "system:serviceaccounts:ns", User.AUTHENTICATED);

    assertThatThrownBy(() -> stage.pass(Requests.of("GET", "/api", ANN, asBob, ""), next))
        .hasMessage(
            "users \"bob\" is forbidden: User \"ann\" cannot impersonate resource \"users\" in API"
                + " group \"\" at the cluster scope");
    assertThatThrownBy(
            () ->
                stage.pass(
                    Requests.of("GET", "/api", MASTER, Map.of("impersonate-group", "g"), ""), next))
        .hasMessageContaining("without impersonating a user");
  }
}
