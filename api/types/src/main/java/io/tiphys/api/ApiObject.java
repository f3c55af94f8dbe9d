package io.tiphys.api;

import io.tiphys.api.meta.v1.ObjectMeta;

/** A top-level object of the API: it has a kind and metadata. Immutable. */
public interface ApiObject {
  /** What this object's kind knows about itself: names, codecs, schema. */
  ObjectType<? extends ApiObject> type();

  ObjectMeta metadata();

  ApiObject withMetadata(ObjectMeta metadata);

  default String name() {
    return metadata().name();
  }

  /** Empty for cluster-scoped objects. */
  default String namespace() {
    return metadata().namespace();
  }
}
