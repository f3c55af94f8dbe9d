package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.base.SortedTree;
import org.jspecify.annotations.Nullable;

/**
 * One write to one object.
 *
 * @param before the object until then, or null when it was created
 * @param after the object since then, or null when it was deleted
 * @param nanoTime when the cache saw it
 * @param stateBefore all objects of the resource just before
 */
record Change<S extends ApiObject>(
    long revision,
    @Nullable Cached<S> before,
    @Nullable Cached<S> after,
    long nanoTime,
    SortedTree<Cached<S>> stateBefore) {}
