package io.tiphys.client;

/**
 * What to watch.
 *
 * @param resourceVersion events after this version are sent; empty or "0" starts with the present
 *     objects as {@code ADDED}
 */
public record WatchOptions(String labelSelector, String fieldSelector, String resourceVersion) {
  public static WatchOptions from(String resourceVersion) {
    return new WatchOptions("", "", resourceVersion);
  }
}
