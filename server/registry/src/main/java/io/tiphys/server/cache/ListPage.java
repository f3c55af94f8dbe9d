package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param revision the state it shows
 * @param continueToken empty on the last page
 * @param remaining how many objects follow, when that is known without looking at them
 */
public record ListPage<T extends ApiObject>(
    List<Cached<T>> items, long revision, String continueToken, @Nullable Long remaining) {}
