package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;

/**
 * What to list and as of when. Empty strings and a limit of 0 mean "not given".
 *
 * @param match {@code Exact}, {@code NotOlderThan} or empty
 */
public record ListQuery<T extends ApiObject>(
    Selection<T> selection,
    String resourceVersion,
    String match,
    long limit,
    String continueToken) {

  /** Everything selected, as of now. */
  public static <T extends ApiObject> ListQuery<T> of(Selection<T> selection) {
    return new ListQuery<>(selection, "", "", 0, "");
  }
}
