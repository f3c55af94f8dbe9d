package io.tiphys.client;

/**
 * What to list. Empty strings and a limit of 0 mean "not given".
 *
 * @param resourceVersion "0" for whatever the cache holds, empty for the newest
 */
public record ListOptions(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    int limit,
    String continueToken) {
  public static final ListOptions ALL = new ListOptions("", "", "", 0, "");

  public static ListOptions labels(String labelSelector) {
    return new ListOptions(labelSelector, "", "", 0, "");
  }

  public static ListOptions fields(String fieldSelector) {
    return new ListOptions("", fieldSelector, "", 0, "");
  }
}
