package io.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected texts are those of apimachinery/pkg/util/validation/field/errors_test.go and of use. */
class FieldErrorTest {
  private static final FieldPath REPLICAS = FieldPath.of("spec", "replicas");

  @Test
  void speaksAsUpstreamDoes() {
    assertThat(FieldError.invalid(REPLICAS, -1, "must be greater than or equal to 0").message())
        .isEqualTo("spec.replicas: Invalid value: -1: must be greater than or equal to 0");
    assertThat(FieldError.required(FieldPath.of("spec").child("containers"), "").message())
        .isEqualTo("spec.containers: Required value");
    assertThat(
            FieldError.notSupported(
                    FieldPath.of("spec").child("restartPolicy"), "x", List.of("Always", "Never"))
                .message())
        .isEqualTo(
            "spec.restartPolicy: Unsupported value: \"x\": supported values: \"Always\","
                + " \"Never\"");
    assertThat(FieldError.duplicate(FieldPath.of("a").index(1).key("k"), "b").message())
        .isEqualTo("a[1][k]: Duplicate value: \"b\"");
    assertThat(FieldError.forbidden(REPLICAS, "no").message())
        .isEqualTo("spec.replicas: Forbidden: no");
    assertThat(FieldError.tooLong(FieldPath.of("metadata", "annotations"), 262144).message())
        .isEqualTo("metadata.annotations: Too long: may not be more than 262144 bytes");
  }

  @Test
  void oneErrorStandsAloneAndSeveralInBrackets() {
    FieldError one = FieldError.required(FieldPath.of("a"), "");
    FieldError two = FieldError.required(FieldPath.of("b"), "");
    ApiFailure failure = Invalid.failure(CoreV1.PODS.type().gvk(), "x", List.of(one, two));
    assertThat(failure.status().message())
        .isEqualTo("Pod \"x\" is invalid: [a: Required value, b: Required value]");
    assertThat(failure.code()).isEqualTo(422);
    assertThat(failure.hasCause("FieldValueRequired")).isTrue();
    assertThat(Invalid.aggregate(List.of(one, one))).isEqualTo("a: Required value");
  }
}
