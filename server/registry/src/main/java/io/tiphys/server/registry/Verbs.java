package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.Selector;
import io.tiphys.server.cache.CacheWatch;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.Form;
import io.tiphys.server.cache.ListPage;
import io.tiphys.server.cache.ListQuery;
import io.tiphys.server.cache.Lists;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.Selection;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.registry.Parameters.WatchQuery;
import io.tiphys.server.registry.Updates.Updated;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to the objects of any resource, as requests and components of this process do
 * it.
 */
final class Verbs {
  private final VerbContext context;
  private final Lists lists;
  private final Creates creates;
  private final Updates updates;
  private final Patches patches;
  private final Deletes deletes;

  Verbs(VerbContext context, Lists lists) {
    this.context = context;
    this.lists = lists;
    creates = new Creates(context);
    updates = new Updates(context, creates);
    patches = new Patches(context, updates);
    deletes = new Deletes(context);
  }

  VerbContext context() {
    return context;
  }

  /**
   * One object.
   *
   * @param resourceVersion "0" for whatever the cache has, empty for the newest
   */
  <T extends ApiObject> Cached<T> get(
      Served<T, ?> served, String namespace, String name, String resourceVersion)
      throws InterruptedException {
    WatchCache cache = context.cache();
    if (resourceVersion.isEmpty()) {
      cache.awaitCurrent();
    } else if (!resourceVersion.equals("0")) {
      cache.awaitRevision(Lists.parseRevision(resourceVersion));
    }
    Cached<T> found = served.find(namespace, name);
    if (found == null) {
      throw served.notFound(name);
    }
    return found;
  }

  /**
   * One object as the cache has it now, for a reader who knows that this is new enough.
   *
   * @return null when it can be told only with more work than looking it up
   */
  <T extends ApiObject> @Nullable Cached<T> getAtOnce(
      Served<T, ?> served, String namespace, String name, String resourceVersion) {
    boolean newEnough =
        resourceVersion.isEmpty() ? context.cache().isCurrent() : resourceVersion.equals("0");
    if (!newEnough || served.converts()) {
      return null;
    }
    Cached<T> found = served.find(namespace, name);
    if (found == null) {
      throw served.notFound(name);
    }
    return found;
  }

  <T extends ApiObject, S extends ApiObject> ListPage<T> list(
      Served<T, S> served, ListQuery<T> query) throws InterruptedException {
    return lists.list(served.cache(), served.form(), query);
  }

  <T extends ApiObject, S extends ApiObject> CacheWatch<S, T> watch(
      Served<T, S> served, Selection<T> selection, WatchQuery query) throws InterruptedException {
    ResourceCache<S> cache = served.cache();
    Form<S, T> form = served.form();
    long revision = query.revision();
    boolean fromPresent = query.initialEvents() == null ? revision == 0 : query.initialEvents();
    if (!fromPresent && revision != 0) {
      // Of the future, too: then what is not newer than that is passed over, as upstream does.
      long after = revision < 0 ? Long.MAX_VALUE : revision;
      return cache.watchAfter(form, selection, after, query.bookmarks());
    }
    if (query.resourceVersion().isEmpty()) {
      context.cache().awaitCurrent();
    } else if (revision != 0) {
      context.cache().awaitRevision(revision);
    }
    if (!fromPresent) {
      long now = cache.current().revision();
      return cache.watchAfter(form, selection, now, query.bookmarks());
    }
    boolean endBookmark = query.initialEvents() != null && query.bookmarks();
    return cache.watchFromPresent(
        form, selection, context.cache().revision(), query.bookmarks(), endBookmark);
  }

  <T extends ApiObject> Cached<T> create(Served<T, ?> served, Call call, String namespace, T object)
      throws InterruptedException {
    if (!served.kind().verbs().contains("create")) {
      throw Failures.terminatingDefinition(served.resource());
    }
    Decoded<T> decoded = new Decoded<>(served.defaults(object));
    return creates.create(served, call, namespace, decoded);
  }

  <T extends ApiObject> Updated<T> update(
      Served<T, ?> served, Call call, Patches.Target target, T object) throws InterruptedException {
    Patches.checkName(target, object);
    T wished = served.defaults(object);
    UpdateOrder.Change<T> change =
        current ->
            new Decoded<>(
                current == null
                    ? context.managedFields().created(served, call, wished)
                    : context
                        .managedFields()
                        .updated(served, call, target.subresource(), current, wished));
    return updates.update(
        served,
        call,
        new UpdateOrder<>(
            target.namespace(),
            target.name(),
            updates.part(served, call, target.subresource()),
            change,
            false,
            object.metadata().uid()));
  }

  <T extends ApiObject> Updated<T> update(Served<T, ?> served, Call call, UpdateOrder<T> order)
      throws InterruptedException {
    return updates.update(served, call, order);
  }

  <T extends ApiObject> Updated<T> patch(
      Served<T, ?> served, Call call, Patches.Target target, PatchBody body)
      throws InterruptedException {
    return patches.patch(served, call, target, body);
  }

  <T extends ApiObject> Deletes.Deleted<T> delete(
      Served<T, ?> served, Call call, String namespace, String name, DeleteOptions options)
      throws InterruptedException {
    return deletes.delete(served, call, namespace, name, options);
  }

  /** Deletes what an admitted action takes away. */
  <T extends ApiObject> Deletes.Deleted<T> deleteAdmitted(
      Served<T, ?> served, Call call, String namespace, String name, DeleteOptions options)
      throws InterruptedException {
    return deletes.deleteAdmitted(served, call, namespace, name, options);
  }

  /** Deletes whatever a list shows; what has gone meanwhile is no error. */
  <T extends ApiObject> ListPage<T> deleteAll(
      Served<T, ?> served, Call call, ListQuery<T> query, DeleteOptions options)
      throws InterruptedException {
    ListPage<T> page = list(served, query);
    for (Cached<T> object : page.items()) {
      try {
        deletes.deleteOneOfMany(served, call, object, options);
      } catch (ApiFailure failure) {
        if (!failure.isNotFound()) {
          throw failure;
        }
      }
    }
    return page;
  }

  <T extends ApiObject> Selection<T> select(
      Served<T, ?> served, String namespace, String labels, String fields) {
    return Selections.of(served, namespace, Selector.parse(labels), FieldSelector.parse(fields));
  }

  /** Everything in a namespace. */
  <T extends ApiObject> List<Cached<T>> all(Served<T, ?> served, String namespace)
      throws InterruptedException {
    return list(served, ListQuery.of(Selection.of(namespace))).items();
  }
}
