package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;

/** How objects are deleted that were decided about. */
public final class Deletions {
  private Deletions() {}

  /**
   * Deletes this very object: the copy it was seen in may lag, and another may have its name by
   * now. That other makes the deletion a conflict.
   */
  public static DeleteOptions of(ApiObject object) {
    return DeleteOptions.EMPTY.withPreconditions(
        Preconditions.EMPTY.withUid(object.metadata().uid()));
  }
}
