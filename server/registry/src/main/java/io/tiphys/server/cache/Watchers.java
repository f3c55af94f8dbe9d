package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.server.cache.Selection.FieldValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open watches of a resource, sorted by what a change must have in common with them: a thousand
 * node agents that watch the pods of their node cost a change of one pod no more than one of them.
 * Not thread-safe.
 */
final class Watchers<S extends ApiObject> {
  private final Map<Trigger, Set<CacheWatch<S, ?>>> byTrigger = new HashMap<>();

  /** How to read each field that some watch is sorted by, and how many watches are. */
  private final Map<String, Reader<S>> readers = new HashMap<>();

  void add(CacheWatch<S, ?> watch) {
    Trigger trigger = trigger(watch);
    byTrigger.computeIfAbsent(trigger, same -> new LinkedHashSet<>()).add(watch);
    if (trigger instanceof Trigger.Field field) {
      readers.computeIfAbsent(field.field(), same -> new Reader<>(watch)).uses++;
    }
  }

  void remove(CacheWatch<S, ?> watch) {
    Trigger trigger = trigger(watch);
    Set<CacheWatch<S, ?>> same = byTrigger.get(trigger);
    if (same == null || !same.remove(watch)) {
      return;
    }
    if (same.isEmpty()) {
      byTrigger.remove(trigger);
    }
    if (trigger instanceof Trigger.Field field) {
      Reader<S> reader = readers.get(field.field());
      if (reader != null && --reader.uses == 0) {
        readers.remove(field.field());
      }
    }
  }

  void offer(Change<S> change) {
    if (byTrigger.isEmpty()) {
      return;
    }
    Cached<S> object = change.after() == null ? change.before() : change.after();
    if (object == null) {
      return;
    }
    offer(byTrigger.get(Trigger.ALL), change);
    offer(byTrigger.get(new Trigger.Namespace(object.namespace())), change);
    offer(byTrigger.get(new Trigger.Name(object.name())), change);
    readers.forEach((field, reader) -> offer(field, reader, change));
  }

  private void offer(String field, Reader<S> reader, Change<S> change) {
    Set<String> values = HashSet.newHashSet(2);
    for (Cached<S> state : states(change)) {
      values.add(reader.read(state));
    }
    values.forEach(value -> offer(byTrigger.get(new Trigger.Field(field, value)), change));
  }

  private static <S extends ApiObject> List<Cached<S>> states(Change<S> change) {
    List<Cached<S>> states = new ArrayList<>(2);
    if (change.before() != null) {
      states.add(change.before());
    }
    if (change.after() != null) {
      states.add(change.after());
    }
    return states;
  }

  private static <S extends ApiObject> void offer(
      @Nullable Collection<CacheWatch<S, ?>> watches, Change<S> change) {
    if (watches != null) {
      watches.forEach(watch -> watch.offer(change));
    }
  }

  List<CacheWatch<S, ?>> all() {
    return byTrigger.values().stream().flatMap(Set::stream).toList();
  }

  private static Trigger trigger(CacheWatch<?, ?> watch) {
    Selection<?> selection = watch.selection();
    if (!selection.name().isEmpty()) {
      return new Trigger.Name(selection.name());
    }
    FieldValue<?> index = selection.index();
    if (index != null) {
      return new Trigger.Field(watch.fieldIdentity(index), index.value());
    }
    return selection.namespace().isEmpty()
        ? Trigger.ALL
        : new Trigger.Namespace(selection.namespace());
  }

  /** What a change must have in common with a watch to be offered to it. */
  private sealed interface Trigger {
    Trigger ALL = new All();

    record All() implements Trigger {}

    record Namespace(String namespace) implements Trigger {}

    record Name(String name) implements Trigger {}

    record Field(String field, String value) implements Trigger {}
  }

  private static final class Reader<S extends ApiObject> {
    private final CacheWatch<S, ?> example;
    private int uses;

    Reader(CacheWatch<S, ?> example) {
      this.example = example;
    }

    String read(Cached<S> state) {
      return example.indexValue(state);
    }
  }
}
