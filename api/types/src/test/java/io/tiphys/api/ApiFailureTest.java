package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.meta.GroupVersionKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiFailureTest {

  @Test
  void notFoundNamesTheResource() {
    ApiFailure failure = ApiFailure.notFound(AppsV1.DEPLOYMENTS, "web");

    assertThat(failure).hasMessage("deployments.apps \"web\" not found");
    assertThat(failure.code()).isEqualTo(404);
    assertThat(failure.isNotFound()).isTrue();
    assertThat(failure.status().details())
        .isEqualTo(StatusDetails.builder().group("apps").kind("deployments").name("web").build());
  }

  @Test
  void forbiddenSaysAsMuchAsItKnows() {
    assertThat(ApiFailure.forbidden("", "", "no")).hasMessage("forbidden: no");
    assertThat(ApiFailure.forbidden(CoreV1.PODS, "", "no")).hasMessage("pods is forbidden: no");
    assertThat(ApiFailure.forbidden(CoreV1.PODS, "a", "no"))
        .hasMessage("pods \"a\" is forbidden: no");
  }

  @Test
  void oneFaultStandsAloneSeveralInBrackets() {
    GroupVersionKind kind = new GroupVersionKind("apps", "v1", "Deployment");
    StatusCause one = StatusCause.EMPTY.withField("spec.a").withMessage("Required value");
    StatusCause two = StatusCause.EMPTY.withField("spec.b").withMessage("Forbidden: no");

    assertThat(ApiFailure.invalid(kind, "web", List.of(one)))
        .hasMessage("Deployment.apps \"web\" is invalid: spec.a: Required value");
    ApiFailure both = ApiFailure.invalid(kind, "web", List.of(one, two, one));
    assertThat(both)
        .hasMessage(
            "Deployment.apps \"web\" is invalid: [spec.a: Required value, spec.b: Forbidden: no]");
    assertThat(both.status().details())
        .isNotNull()
        .satisfies(details -> assertThat(details.causes()).hasSize(3));
  }

  @Test
  void causesCanBeAdded() {
    ApiFailure failure =
        ApiFailure.forbidden("pods", "a", "no")
            .withCause(StatusCause.EMPTY.withReason("NamespaceTerminating"));

    assertThat(failure.hasCause("NamespaceTerminating")).isTrue();
    assertThat(failure.isForbidden()).isTrue();
  }

  @Test
  void expiredAndGoneBothSendTheReaderBackToTheList() {
    assertThat(ApiFailure.expired("too old").isGone()).isTrue();
    assertThat(ApiFailure.gone("gone").isGone()).isTrue();
    assertThat(ApiFailure.conflict(CoreV1.PODS, "a", "b").isConflict()).isTrue();
    assertThat(ApiFailure.alreadyExists(CoreV1.PODS, "a").isConflict()).isFalse();
  }
}
