package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemasTest {

  @Test
  void everyTypeHasASchemaWhoseFieldsAllResolve() {
    for (Class<?> type : AllTypes.ALL) {
      Schema.Struct schema = Schemas.of(AllTypes.name(type));
      assertThat(schema.name()).isEqualTo(type.getSimpleName());
      for (Schema.Field field : schema.fields().values()) {
        resolve(field.schema().get());
      }
    }
  }

  private static void resolve(Schema schema) {
    switch (schema) {
      case Schema.ListOf list -> resolve(list.element().get());
      case Schema.MapOf map -> resolve(map.element().get());
      case Schema.Struct struct -> assertThat(struct.fields()).isNotNull();
      case Schema.Scalar scalar -> assertThat(scalar).isNotNull();
    }
  }

  @Test
  void listsKnowTheirKeysAndHowTheyMerge() {
    Schema.Field ports = field(Container.schema(), "ports");
    Schema.ListOf list = (Schema.ListOf) ports.schema().get();

    assertThat(list.kind()).isEqualTo(Schema.ListKind.MAP);
    assertThat(list.keys()).containsExactly("containerPort", "protocol");
    assertThat(list.patchMergeKey()).isEqualTo("containerPort");
    assertThat(ports.patch().merge()).isTrue();
    assertThat(field(list.element().get(), "protocol").defaultValue())
        .isEqualTo(new Json.Str("TCP"));
  }

  @Test
  void volumesMergeAndRetainKeys() {
    Schema.Field volumes = field(Schemas.of("core.v1.PodSpec"), "volumes");

    assertThat(volumes.patch()).isEqualTo(new Schema.PatchStrategy(true, true));
    assertThat(field(Schemas.of("core.v1.PodSpec"), "nodeSelector").schema().get())
        .isInstanceOfSatisfying(
            Schema.MapOf.class,
            map -> assertThat(map.ownership()).isEqualTo(Schema.Ownership.ATOMIC));
    assertThat(Schemas.of("meta.v1.LabelSelector").ownership()).isEqualTo(Schema.Ownership.ATOMIC);
  }

  @Test
  void fieldsStandInTheOrderOfTheText() {
    assertThat(((Schema.Struct) Pod.schema()).fields().keySet())
        .containsExactly("kind", "apiVersion", "metadata", "spec", "status");
  }

  @Test
  void unknownTypesAreRefused() {
    assertThatThrownBy(() -> Schemas.of("core.v1.Bogus"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resourcesAgreeWithTheirKinds() {
    Set<String> paths = new HashSet<>();
    List<Resource<?>> all = Resources.all();
    for (Resource<?> resource : all) {
      assertThat(resource.type().gvk().apiVersion()).isEqualTo(resource.apiVersion());
      assertThat(paths.add(resource.apiVersion() + "/" + resource.plural())).isTrue();
    }
    assertThat(CoreV1.PODS.shortNames()).containsExactly("po");
    assertThat(AppsV1.DEPLOYMENTS.qualifiedName()).isEqualTo("deployments.apps");
    assertThat(all.getFirst()).isSameAs(CoreV1.BINDINGS);
  }

  private static Schema.Field field(Schema struct, String name) {
    return Objects.requireNonNull(((Schema.Struct) struct).fields().get(name));
  }
}
