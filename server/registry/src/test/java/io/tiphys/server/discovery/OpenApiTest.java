package io.tiphys.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.server.kinds.BuiltinKinds;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  private final OpenApi openApi = new OpenApi("v1.36.0", BuiltinKinds.registry());

  private static Json at(Json value, String... path) {
    Json here = value;
    for (String name : path) {
      here = Objects.requireNonNull(((Json.Obj) here).get(name), name);
    }
    return here;
  }

  private static void references(Json value, String prefix, Set<String> into) {
    switch (value) {
      case Json.Obj object -> {
        if (object.get("$ref") instanceof Json.Str(String target)) {
          if (!target.startsWith("#/parameters/")) {
            assertThat(target).startsWith(prefix);
            into.add(target.substring(prefix.length()));
          }
        }
        object.members().values().forEach(member -> references(member, prefix, into));
      }
      case Json.Arr(List<Json> elements) -> elements.forEach(e -> references(e, prefix, into));
      default -> {} // refers to nothing
    }
  }

  @Test
  void everyReferenceOfEveryDocumentResolves() {
    Json.Obj index = (Json.Obj) at(Json.parse(openApi.index().unpacked()), "paths");
    assertThat(index.members()).containsKeys("api/v1", "apis/apps/v1", "apis/apps/v1alpha1");
    for (String name : index.members().keySet()) {
      Json document = Json.parse(Objects.requireNonNull(openApi.version3(name)).unpacked());
      Set<String> named = new HashSet<>();
      references(document, "#/components/schemas/", named);
      Json.Obj schemas = (Json.Obj) at(document, "components", "schemas");
      assertThat(schemas.members().keySet()).as(name).containsAll(named);
    }
    Json swagger = Json.parse(openApi.version2().unpacked());
    Set<String> named = new HashSet<>();
    references(swagger, "#/definitions/", named);
    assertThat(((Json.Obj) at(swagger, "definitions")).members().keySet()).containsAll(named);
  }

  @Test
  void kubectlLearnsThatPatchTakesDryRunAndFieldValidation() {
    Json document = Json.parse(Objects.requireNonNull(openApi.version3("apis/apps/v1")).unpacked());
    Json patch =
        at(document, "paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch");
    Set<String> parameters = new HashSet<>();
    ((Json.Arr) at(patch, "parameters"))
        .elements()
        .forEach(p -> parameters.add(((Json.Str) at(p, "name")).value()));
    assertThat(parameters).contains("dryRun", "fieldValidation");
    assertThat(at(patch, "x-kubernetes-group-version-kind", "kind"))
        .isEqualTo(Json.of("Deployment"));
  }

  @Test
  void enumerationsAndValuesOfSeveralTypesAreDefinitionsOfTheirOwn() {
    Json schemas =
        at(
            Json.parse(Objects.requireNonNull(openApi.version3("apis/apps/v1")).unpacked()),
            "components",
            "schemas");
    Json type = at(schemas, "io.k8s.api.apps.v1.DeploymentStrategy", "properties", "type");
    assertThat(at(type, "enum").text()).isEqualTo("[\"Recreate\",\"RollingUpdate\"]");
    assertThat(((Json.Str) at(type, "description")).value())
        .contains("\n\nPossible enum values:\n - `\"Recreate\"` Kill all existing pods before");
    assertThat(at(schemas, "io.k8s.apimachinery.pkg.api.resource.Quantity", "oneOf").text())
        .isEqualTo("[{\"type\":\"string\"},{\"type\":\"number\"}]");
    assertThat(at(schemas, "io.k8s.apimachinery.pkg.util.intstr.IntOrString", "oneOf").text())
        .isEqualTo("[{\"type\":\"integer\"},{\"type\":\"string\"}]");
  }

  @Test
  void defaultsAreInTheThirdFormOnlyAndFieldsCalledDefaultStay() {
    Json port = at(schema("api/v1", "io.k8s.api.core.v1.ContainerPort"), "properties", "protocol");
    assertThat(at(port, "default")).isEqualTo(Json.of("TCP"));
    Json limit = at(schema("api/v1", "io.k8s.api.core.v1.LimitRangeItem"), "properties");
    assertThat(((Json.Obj) limit).members()).containsKey("default");
    Json definitions = at(Json.parse(openApi.version2().unpacked()), "definitions");
    Json second = at(definitions, "io.k8s.api.core.v1.ContainerPort", "properties", "protocol");
    assertThat(((Json.Obj) second).get("default")).isNull();
    Json again = at(definitions, "io.k8s.api.core.v1.LimitRangeItem", "properties");
    assertThat(((Json.Obj) again).members()).containsKey("default");
  }

  private Json schema(String document, String name) {
    Packed packed = Objects.requireNonNull(openApi.version3(document));
    return at(Json.parse(packed.unpacked()), "components", "schemas", name);
  }

  @Test
  void anUnknownGroupHasNoDocument() {
    assertThat(openApi.version3("apis/nowhere/v1")).isNull();
    assertThat(openApi.version3("apis/apps/v1/deployments")).isNull();
  }
}
