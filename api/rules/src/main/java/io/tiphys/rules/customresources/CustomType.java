package io.tiphys.rules.customresources;

import io.tiphys.api.EvolvingType;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.Schema;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of a kind that users have defined. What it reads it prunes by its schema, as upstream
 * does wherever custom objects are decoded. Thread-safe; the schema becomes objects when first
 * asked for, for of many definitions few are used.
 */
public final class CustomType implements EvolvingType<CustomObject> {
  private final GroupVersionKind gvk;
  private final Json.Obj definition;
  private volatile @Nullable Structural structural;
  private volatile @Nullable Schema schema;
  private volatile @Nullable Rules rules;

  /** A rule tree that may be none. */
  private record Rules(@Nullable RuleTree tree) {}

  /**
   * @param definition the {@code openAPIV3Schema} of the version
   */
  public CustomType(GroupVersionKind gvk, Json.Obj definition) {
    this.gvk = gvk;
    this.definition = definition;
  }

  @Override
  public GroupVersionKind gvk() {
    return gvk;
  }

  /** The {@code openAPIV3Schema} as it was given. */
  public Json.Obj definition() {
    return definition;
  }

  /** The schema as objects are judged by it. */
  public Structural structural() {
    Structural made = structural;
    if (made == null) {
      made = SchemaReader.read(definition);
      structural = made;
    }
    return made;
  }

  /** The rules in expressions, compiled when they are first asked for; empty if there are none. */
  Optional<RuleTree> rules() {
    Rules made = rules;
    if (made == null) {
      made = new Rules(RuleTree.of(definition).orElse(null));
      rules = made;
    }
    return Optional.ofNullable(made.tree);
  }

  @Override
  public Schema schema() {
    Schema made = schema;
    if (made == null) {
      made = ApplySchemas.object(gvk.kind(), structural());
      schema = made;
    }
    return made;
  }

  @Override
  public CustomObject read(FieldReader in) {
    ObjectMeta metadata = ObjectMeta.EMPTY;
    Map<String, Json> content = new TreeMap<>();
    in.beginObject("map[string]interface {}");
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "kind", "apiVersion" -> in.skip();
        case "metadata" -> metadata = ObjectMeta.read(in);
        default -> content.put(name, in.readTree());
      }
    }
    Pruner.Pruned pruned = Pruner.object(new Json.Obj(content), structural());
    pruned.unknown().forEach(in::remarkUnknown);
    Json kept = EmbeddedObjects.coerce(pruned.value(), structural());
    return new CustomObject(this, metadata, (Json.Obj) kept);
  }

  @Override
  public CustomObject complete(CustomObject object) {
    Json completed = Defaulter.complete(object.content(), structural());
    return completed.equals(object.content())
        ? object
        : object.withContent(new Json.Obj(new TreeMap<>(((Json.Obj) completed).members())));
  }

  /** The same object as one of this version, when versions differ in nothing but their names. */
  CustomObject of(CustomObject other) {
    Json kept = Pruner.object(other.content(), structural()).value();
    return complete(new CustomObject(this, other.metadata(), (Json.Obj) kept));
  }

  @Override
  public void write(CustomObject value, FieldWriter out) {
    out.beginObject();
    out.name("kind");
    out.writeString(gvk.kind());
    out.name("apiVersion");
    out.writeString(gvk.apiVersion());
    out.name("metadata");
    value.metadata().write(out);
    value
        .content()
        .members()
        .forEach(
            (name, field) -> {
              out.name(name);
              out.writeTree(field);
            });
    out.endObject();
  }

  /** Custom objects have no message: the server never offers protobuf for them. */
  @Override
  public CustomObject readProto(ProtoReader in) {
    throw new IllegalStateException("no protobuf of " + gvk);
  }

  @Override
  public void writeProto(CustomObject value, ProtoWriter out) {
    throw new IllegalStateException("no protobuf of " + gvk);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomType that
        && gvk.equals(that.gvk)
        && definition.equals(that.definition);
  }

  @Override
  public int hashCode() {
    return gvk.hashCode();
  }
}
