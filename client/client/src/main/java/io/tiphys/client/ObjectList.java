package io.tiphys.client;

import java.util.List;

/**
 * A page of a collection.
 *
 * @param resourceVersion the state of the store that the page shows; where to watch from
 * @param continueToken empty on the last page
 */
public record ObjectList<T>(String resourceVersion, String continueToken, List<T> items) {
  public ObjectList {
    items = List.copyOf(items);
  }
}
