package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.ServedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every write of the run, in order: what watchers are measured by, and where laws are checked. */
final class Commits {
  private final Trace trace;
  private final Map<String, Resource<?>> resources = new HashMap<>();
  private final Map<Resource<?>, Log> logs = new HashMap<>();
  private final List<Observer> observers = new ArrayList<>();

  /** What the keys hold that laws look at: each value is read once. */
  private final Map<String, ApiObject> known = new HashMap<>();

  /** Told of each write in the instant it is made. */
  interface Observer {
    /** Of what it is told. */
    Set<Resource<?>> looksAt();

    /**
     * @param after null: it was deleted
     */
    void committed(Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after);
  }

  /** The revisions of one resource's writes. */
  private static final class Log {
    private long[] revisions = new long[256];
    private int size;

    void add(long revision) {
      if (size == revisions.length) {
        revisions = Arrays.copyOf(revisions, 2 * size);
      }
      revisions[size++] = revision;
    }

    /** The first one after {@code revision}; 0 for none. */
    long next(long revision) {
      int at = Arrays.binarySearch(revisions, 0, size, revision + 1);
      int first = at < 0 ? -at - 1 : at;
      return first < size ? revisions[first] : 0;
    }
  }

  Commits(Trace trace) {
    this.trace = trace;
    for (Resource<?> resource : stored()) {
      resources.put(StoreKeys.prefix(resource), resource);
    }
  }

  /** As what the objects of all kinds are kept. */
  static Set<Resource<?>> stored() {
    Set<Resource<?>> stored = new LinkedHashSet<>();
    for (ServedKind<?> kind : BuiltinKinds.registry().kinds()) {
      if (kind.stored()) {
        stored.add(kind.storedAs());
      }
    }
    return stored;
  }

  void observe(Observer observer) {
    observers.add(observer);
  }

  void put(long revision, String key, byte[] value) {
    trace.line("put " + key + " " + Integer.toHexString(Arrays.hashCode(value)) + " @" + revision);
    committed(revision, key, value);
  }

  void deleted(long revision, String key) {
    trace.line("delete " + key + " @" + revision);
    committed(revision, key, null);
  }

  private void committed(long revision, String key, byte @Nullable [] value) {
    Resource<?> resource = resources.get(prefix(key));
    if (resource == null) {
      return;
    }
    logs.computeIfAbsent(resource, _ -> new Log()).add(revision);
    List<Observer> told =
        observers.stream().filter(observer -> observer.looksAt().contains(resource)).toList();
    if (told.isEmpty()) {
      return;
    }
    ApiObject after = value == null ? null : read(resource, value);
    ApiObject before = after == null ? known.remove(key) : known.put(key, after);
    told.forEach(observer -> observer.committed(resource, before, after));
  }

  private static String prefix(String key) {
    return StoreKeys.prefixOf(key);
  }

  static <T extends ApiObject> T read(Resource<T> resource, byte[] value) {
    return ObjectCodec.fromJson(resource.type(), value);
  }

  /** Whether the log of this resource is complete: nothing of it is deleted by its time to live. */
  boolean follows(Resource<?> resource) {
    return resource.equals(resources.get(StoreKeys.prefix(resource)))
        && !resource.plural().equals("events");
  }

  /** Whether the resource was written at this revision. */
  boolean has(Resource<?> resource, long revision) {
    return next(resource, revision - 1) == revision;
  }

  /** The revision of the first write of the resource after {@code revision}; 0 for none. */
  long next(Resource<?> resource, long revision) {
    Log log = logs.get(resource);
    return log == null ? 0 : log.next(revision);
  }
}
