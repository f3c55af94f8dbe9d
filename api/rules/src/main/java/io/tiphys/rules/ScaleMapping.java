package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.autoscaling.v1.Scale;
import java.util.List;

/** How a kind answers its {@code scale} subresource. */
public interface ScaleMapping<T extends ApiObject> {
  /**
   * Metadata (name, namespace, uid, resourceVersion, creationTimestamp) is filled by the caller.
   */
  Scale toScale(T object);

  T withReplicas(T object, int replicas);

  /** Where the object keeps the wished number. */
  default List<String> replicasPath() {
    return List.of("spec", "replicas");
  }
}
