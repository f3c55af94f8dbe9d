package io.tiphys.server.tables;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.codec.Json;
import java.util.List;

/** Prints objects as {@code meta.k8s.io/v1, Kind=Table}: the columns of {@code kubectl get}. */
@FunctionalInterface
public interface TablePrinter {
  /**
   * @param metadata of the list, or of the one object
   * @return the Table with its kind and apiVersion
   */
  <T extends ApiObject> Json.Obj print(
      TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options);

  /**
   * What a client wants in its table.
   *
   * @param include what each row carries of its object
   * @param columnDefinitions false for all but the first table of a watch
   */
  record TableOptions(Include include, boolean columnDefinitions) {}

  /** The values of {@code includeObject}. */
  enum Include {
    NONE,
    METADATA,
    OBJECT
  }
}
