package io.tiphys.build.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ModelReaderTest {
  private static final Map<TypeName, TypeDef> TYPES = new ModelReader().read();

  @Test
  void optionalScalarsAreValuesUnlessTheFactsCallThemPointers() {
    assertThat(field("core.v1.PodSpec", "nodeName").pointer()).isFalse();
    assertThat(field("core.v1.PodSpec", "terminationGracePeriodSeconds").pointer()).isTrue();
  }

  @Test
  void structsThatGoInlinesHaveAPathOfNumbers() {
    assertThat(field("core.v1.Volume", "emptyDir").path()).containsExactly(2, 2);
    assertThat(field("core.v1.Volume", "name").path()).containsExactly(1);
    assertThat(field("admissionregistration.v1.NamedRuleWithOperations", "apiGroups").path())
        .containsExactly(2, 2, 1);
  }

  @Test
  void fieldsStandInGosOrder() {
    assertThat(type("core.v1.ContainerPort").fields())
        .extracting(FieldDef::json)
        .containsExactly("name", "hostPort", "containerPort", "protocol", "hostIP");
    assertThat(type("meta.v1.OwnerReference").fields().getFirst().json()).isEqualTo("apiVersion");
  }

  @Test
  void valuesAreWrittenThoughAbsentAndPointersAreNot() {
    assertThat(field("core.v1.Container", "resources").written()).isTrue();
    assertThat(field("core.v1.Container", "livenessProbe").written()).isFalse();
    assertThat(field("meta.v1.ObjectMeta", "creationTimestamp").written()).isFalse();
    assertThat(field("core.v1.PodCondition", "lastProbeTime").written()).isTrue();
  }

  @Test
  void takenNamesGetAnUnderscore() {
    assertThat(field("core.v1.Secret", "type").java()).isEqualTo("type_");
    assertThat(field("core.v1.PodCondition", "type").java()).isEqualTo("type");
    assertThat(field("apiextensions.v1.JSONSchemaProps", "default").java()).isEqualTo("default_");
    assertThat(field("apiextensions.v1.JSONSchemaProps", "$ref").java()).isEqualTo("ref");
  }

  @Test
  void descriptionsKeepTheirParagraphsAndCoverStructs() {
    assertThat(field("core.v1.Pod", "spec").description())
        .startsWith("Specification of the desired behavior of the pod. More info: https://")
        .doesNotContain("+optional");
    assertThat(field("meta.v1.ObjectMeta", "namespace").description()).contains("\n\n");
  }

  @Test
  void ourOwnKindsAreAmongThem() {
    assertThat(type("apps.v1alpha1.PetSet").role()).isEqualTo(TypeDef.Role.OBJECT);
    assertThat(field("apps.v1alpha1.PetSetSpec", "replicas").pointer()).isTrue();
    assertThat(field("apps.v1alpha1.PetSetSpec", "serviceName").path()).containsExactly(5);
  }

  @Test
  void ourOwnKindsHaveLists() {
    assertThat(type("apps.v1alpha1.PetSetList").role()).isEqualTo(TypeDef.Role.LIST);
    assertThat(type("apps.v1alpha1.PetSetList").fields())
        .extracting(FieldDef::json)
        .containsExactly("metadata", "items");
  }

  @Test
  void everyEnumerationIsAFieldThatIsThere() {
    Enums.load()
        .byField()
        .forEach(
            (name, values) -> {
              int dot = name.lastIndexOf('.');
              assertThat(field(name.substring(0, dot), name.substring(dot + 1))).isNotNull();
              assertThat(values).as(name).isNotEmpty();
            });
  }

  @Test
  void enumerationsAreDescribedAsUpstreamsGeneratorDescribesThem() {
    var values = List.of(new Enums.Value("", ""), new Enums.Value("A", "is the first."));
    assertThat(Enums.described("Text.", values))
        .isEqualTo("Text.\n\nPossible enum values:\n - `\"\"`\n - `\"A\"` is the first.");
  }

  @Test
  void wordsWithoutMeaningAreRefused() {
    assertThatThrownBy(() -> Facts.of(List.of("poniter")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("poniter");
  }

  private static TypeDef type(String name) {
    return Objects.requireNonNull(TYPES.get(TypeName.parse(name)), name);
  }

  private static FieldDef field(String type, String json) {
    return type(type).fields().stream()
        .filter(field -> field.json().equals(json))
        .findFirst()
        .orElseThrow();
  }
}
