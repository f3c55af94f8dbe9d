package io.tiphys.meta;

import io.tiphys.codec.Json;
import io.tiphys.meta.Schema.Field;
import io.tiphys.meta.Schema.ListKind;
import io.tiphys.meta.Schema.ListOf;
import io.tiphys.meta.Schema.MapOf;
import io.tiphys.meta.Schema.Ownership;
import io.tiphys.meta.Schema.PatchStrategy;
import io.tiphys.meta.Schema.Scalar;
import io.tiphys.meta.Schema.Struct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A kind with one of everything, built like a Deployment. */
public final class TestSchemas {
  private static final PatchStrategy MERGE = new PatchStrategy(true, false);
  private static final PatchStrategy RETAIN_KEYS = new PatchStrategy(false, true);

  private TestSchemas() {}

  private static final Schema STRINGS = new MapOf(() -> Scalar.STRING, Ownership.GRANULAR);

  private static final Schema PORT =
      struct(
          "ContainerPort",
          Ownership.GRANULAR,
          field("containerPort", Scalar.INTEGER),
          field("name", Scalar.STRING),
          new Field(
              "protocol", () -> Scalar.STRING, false, PatchStrategy.DEFAULT, new Json.Str("TCP")));

  private static final Schema CONTAINER =
      struct(
          "Container",
          Ownership.GRANULAR,
          required("name", Scalar.STRING),
          field("image", Scalar.STRING),
          field("args", atomicList(Scalar.STRING)),
          merged("ports", keyed(PORT, "containerPort", "containerPort", "protocol")),
          field(
              "resources",
              struct(
                  "ResourceRequirements",
                  Ownership.GRANULAR,
                  field("limits", new MapOf(() -> Scalar.QUANTITY, Ownership.GRANULAR)))));

  private static final Schema POD_SPEC =
      struct(
          "PodSpec",
          Ownership.GRANULAR,
          new Field("containers", () -> keyed(CONTAINER, "name", "name"), true, MERGE),
          field("nodeSelector", new MapOf(() -> Scalar.STRING, Ownership.ATOMIC)),
          field("tolerations", atomicList(STRINGS)),
          merged("finalizers", set()));

  private static final Schema METADATA =
      struct(
          "ObjectMeta",
          Ownership.GRANULAR,
          field("name", Scalar.STRING),
          field("namespace", Scalar.STRING),
          field("uid", Scalar.STRING),
          field("resourceVersion", Scalar.STRING),
          field("generation", Scalar.INTEGER),
          field("creationTimestamp", Scalar.TIME),
          field("labels", STRINGS),
          field("annotations", STRINGS),
          merged("finalizers", set()),
          field("managedFields", atomicList(Scalar.ANY)));

  private static final Schema SPEC =
      struct(
          "DeploymentSpec",
          Ownership.GRANULAR,
          field("replicas", Scalar.INTEGER),
          field(
              "selector", struct("LabelSelector", Ownership.ATOMIC, field("matchLabels", STRINGS))),
          new Field(
              "strategy",
              () ->
                  struct(
                      "DeploymentStrategy",
                      Ownership.GRANULAR,
                      field("type", Scalar.STRING),
                      field("rollingUpdate", STRINGS)),
              false,
              RETAIN_KEYS),
          field("template", struct("PodTemplateSpec", Ownership.GRANULAR, field("spec", POD_SPEC))),
          field("raw", Scalar.ANY));

  public static final Schema DEPLOYMENT =
      struct(
          "Deployment",
          Ownership.GRANULAR,
          field("apiVersion", Scalar.STRING),
          field("kind", Scalar.STRING),
          field("metadata", METADATA),
          field("spec", SPEC),
          field(
              "status",
              struct("DeploymentStatus", Ownership.GRANULAR, field("ready", Scalar.INTEGER))));

  private static Struct struct(String name, Ownership ownership, Field... fields) {
    Map<String, Field> byName = new LinkedHashMap<>();
    for (Field field : fields) {
      byName.put(field.name(), field);
    }
    return new Struct(name, byName, ownership);
  }

  private static Field field(String name, Schema schema) {
    return new Field(name, () -> schema, false, PatchStrategy.DEFAULT);
  }

  private static Field required(String name, Schema schema) {
    return new Field(name, () -> schema, true, PatchStrategy.DEFAULT);
  }

  private static Field merged(String name, Schema schema) {
    return new Field(name, () -> schema, false, MERGE);
  }

  private static Schema atomicList(Schema element) {
    return new ListOf(() -> element, ListKind.ATOMIC, List.of(), null);
  }

  private static Schema set() {
    return new ListOf(() -> Scalar.STRING, ListKind.SET, List.of(), null);
  }

  private static Schema keyed(Schema element, String patchMergeKey, String... keys) {
    return new ListOf(() -> element, ListKind.MAP, List.of(keys), patchMergeKey);
  }

  /** JSON with single quotes, for short tests. */
  public static Json json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  public static Json.Obj object(String text) {
    return (Json.Obj) json(text);
  }
}
