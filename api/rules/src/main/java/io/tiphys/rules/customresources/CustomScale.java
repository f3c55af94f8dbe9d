package io.tiphys.rules.customresources;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.apiextensions.v1.CustomResourceSubresourceScale;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.api.autoscaling.v1.ScaleSpec;
import io.tiphys.api.autoscaling.v1.ScaleStatus;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ScaleMapping;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scale of a custom object, by the paths of its definition. Checked against
 * apiextensions-apiserver/pkg/registry/customresource/{etcd,validator}.go.
 */
record CustomScale(CustomResourceSubresourceScale paths) implements ScaleMapping<CustomObject> {

  @Override
  public List<String> replicasPath() {
    return CustomPaths.words(paths.specReplicasPath());
  }

  @Override
  public Scale toScale(CustomObject object) {
    Json wanted = CustomPaths.get(object.content(), replicasPath());
    if (!(wanted instanceof Json.Int(long replicas))) {
      throw ApiFailure.internalError(
          "the spec replicas field \"" + paths.specReplicasPath() + "\" does not exist");
    }
    return Scale.builder()
        .spec(ScaleSpec.builder().replicas((int) replicas).build())
        .status(
            ScaleStatus.builder()
                .replicas((int) number(object, paths.statusReplicasPath()))
                .selector(selector(object))
                .build())
        .build();
  }

  private String selector(CustomObject object) {
    String path = paths.labelSelectorPath();
    Json value = path == null ? null : CustomPaths.get(object.content(), CustomPaths.words(path));
    return value instanceof Json.Str(String text) ? text : "";
  }

  private static long number(CustomObject object, String path) {
    Json value = CustomPaths.get(object.content(), CustomPaths.words(path));
    return value instanceof Json.Int(long number) ? number : 0;
  }

  @Override
  public CustomObject withReplicas(CustomObject object, int replicas) {
    return object.withContent(
        CustomPaths.with(object.content(), replicasPath(), Json.of(replicas)));
  }

  List<FieldError> validateSpec(CustomObject object) {
    return replicas(object, paths.specReplicasPath());
  }

  List<FieldError> validateStatus(CustomObject object) {
    List<FieldError> errors = new ArrayList<>(replicas(object, paths.statusReplicasPath()));
    String path = paths.labelSelectorPath();
    Json value = path == null ? null : CustomPaths.get(object.content(), CustomPaths.words(path));
    if (path != null && value != null && !(value instanceof Json.Str)) {
      errors.add(FieldError.invalid(FieldPath.of(path), "", mismatch(path, value, "string")));
    }
    return errors;
  }

  private static List<FieldError> replicas(CustomObject object, String path) {
    FieldPath at = FieldPath.of(path);
    @Nullable Json value = CustomPaths.get(object.content(), CustomPaths.words(path));
    return switch (value) {
      case null -> List.of();
      case Json.Int(long number) when number < 0 ->
          List.of(FieldError.invalid(at, number, "should be a non-negative integer"));
      case Json.Int(long number) when number > Integer.MAX_VALUE ->
          List.of(
              FieldError.invalid(
                  at, number, "should be less than or equal to " + Integer.MAX_VALUE));
      case Json.Int _ -> List.of();
      case Json other -> List.of(FieldError.invalid(at, 0, mismatch(path, other, "int64")));
    };
  }

  private static String mismatch(String path, Json value, String wanted) {
    String type =
        switch (value) {
          case Json.Obj _ -> "map[string]interface {}";
          case Json.Arr _ -> "[]interface {}";
          case Json.Str _ -> "string";
          case Json.Bool _ -> "bool";
          case Json.Int _ -> "int64";
          case Json.Num _ -> "float64";
          case Json.Null _ -> "<nil>";
        };
    return "%s accessor error: %s is of the type %s, expected %s"
        .formatted(path, GoText.value(value), type, wanted);
  }
}
