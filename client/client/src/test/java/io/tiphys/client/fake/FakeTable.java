package io.tiphys.client.fake;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The objects of one resource, its history and its watchers. Guarded by the source's lock. */
final class FakeTable<T extends ApiObject> {
  private final TreeMap<ObjectKey, T> objects = new TreeMap<>();
  private final List<Change<T>> history = new ArrayList<>();
  private final List<Watcher<T>> watchers = new ArrayList<>();
  private long compacted;

  /** A change; {@code before} or {@code after} is null where the object did not exist. */
  private record Change<T>(long revision, @Nullable T before, @Nullable T after) {}

  @Nullable T get(ObjectKey key) {
    return objects.get(key);
  }

  List<T> list() {
    return List.copyOf(objects.values());
  }

  void put(T object) {
    T before = objects.put(ObjectKey.of(object), object);
    publish(new Change<>(revision(object), before, object));
  }

  void remove(T last) {
    objects.remove(ObjectKey.of(last));
    publish(new Change<>(revision(last), last, null));
  }

  void compact(long revision) {
    compacted = revision;
    history.clear();
  }

  void endWatches(@Nullable ApiFailure failure) {
    for (Watcher<T> watcher : watchers) {
      if (failure != null) {
        watcher.events.add(List.of(new WatchEvent.Failed<>(failure)));
      }
      watcher.close();
    }
    watchers.clear();
  }

  WatchStream<T> watch(Selection selection, String version) {
    Watcher<T> watcher = new Watcher<>(selection);
    if (version.isEmpty() || version.equals("0")) {
      objects
          .values()
          .forEach(object -> watcher.offer(new Change<>(revision(object), null, object)));
    } else if (Long.parseLong(version) < compacted) {
      throw ApiFailure.expired("too old resource version: " + version + " (" + compacted + ")");
    } else {
      history.stream()
          .filter(change -> change.revision > Long.parseLong(version))
          .forEach(watcher::offer);
    }
    watchers.add(watcher);
    return watcher;
  }

  private void publish(Change<T> change) {
    history.add(change);
    watchers.forEach(watcher -> watcher.offer(change));
  }

  private static long revision(ApiObject object) {
    return Long.parseLong(object.metadata().resourceVersion());
  }

  private static final class Watcher<T extends ApiObject> implements WatchStream<T> {
    private final LinkedBlockingQueue<List<WatchEvent<T>>> events = new LinkedBlockingQueue<>();
    private final Selection selection;

    Watcher(Selection selection) {
      this.selection = selection;
    }

    /** An object that enters or leaves the selection is added or deleted for this watcher. */
    void offer(Change<T> change) {
      boolean was = change.before != null && selection.matches(change.before);
      boolean is = change.after != null && selection.matches(change.after);
      if (is && change.after != null) {
        T after = change.after;
        events.add(List.of(was ? new WatchEvent.Modified<>(after) : new WatchEvent.Added<>(after)));
      } else if (was && change.before != null) {
        T last = change.before;
        String version = String.valueOf(change.revision);
        events.add(
            List.of(
                new WatchEvent.Deleted<>(
                    FakeSource.withMeta(last, last.metadata().withResourceVersion(version)))));
      }
    }

    @Override
    public @Nullable WatchEvent<T> next() throws InterruptedException {
      List<WatchEvent<T>> event = events.take();
      if (event.isEmpty()) {
        events.add(List.of());
        return null;
      }
      return event.getFirst();
    }

    @Override
    public void close() {
      // An empty list is the end.
      events.add(List.of());
    }
  }
}
