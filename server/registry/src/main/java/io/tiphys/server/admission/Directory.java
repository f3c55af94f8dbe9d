package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The present objects, as admission and allocators look them up. */
public interface Directory {
  /**
   * @param namespace empty for cluster-scoped resources
   */
  <T extends ApiObject> @Nullable T get(Resource<T> resource, String namespace, String name);

  /**
   * @param namespace empty for all
   */
  <T extends ApiObject> List<T> list(Resource<T> resource, String namespace);
}
