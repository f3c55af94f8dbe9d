package io.tiphys.rules.customresources;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import org.jspecify.annotations.Nullable;

/** An object of a kind that users have defined: metadata and a tree. Immutable. */
public final class CustomObject implements ApiObject {
  private final CustomType type;
  private final ObjectMeta metadata;
  private final Json.Obj content;

  /**
   * @param content all fields but apiVersion, kind and metadata
   */
  CustomObject(CustomType type, ObjectMeta metadata, Json.Obj content) {
    this.type = type;
    this.metadata = metadata;
    this.content = content;
  }

  @Override
  public CustomType type() {
    return type;
  }

  @Override
  public ObjectMeta metadata() {
    return metadata;
  }

  @Override
  public CustomObject withMetadata(ObjectMeta changed) {
    return new CustomObject(type, changed, content);
  }

  /** All fields but apiVersion, kind and metadata. */
  public Json.Obj content() {
    return content;
  }

  public CustomObject withContent(Json.Obj changed) {
    return new CustomObject(type, metadata, changed);
  }

  /** The object with one of its fields set, or without it. */
  CustomObject withField(String name, @Nullable Json value) {
    return withContent(value == null ? content.without(name) : content.with(name, value));
  }

  /** The whole object. */
  Json.Obj tree() {
    return ObjectCodec.toTree(type, this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomObject that
        && type.equals(that.type)
        && metadata.equals(that.metadata)
        && content.equals(that.content);
  }

  @Override
  public int hashCode() {
    return 31 * metadata.hashCode() + content.hashCode();
  }

  @Override
  public String toString() {
    return type.gvk().kind() + " " + metadata.name();
  }
}
