package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.registry.ObjectStorage.Written;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deletions: at once, or a mark that leaves time to end in order, or a mark that waits for those
 * who hold the object by finalizers. Checked against registry/generic/registry (Delete) and
 * registry/rest/delete.go of apiserver/pkg, and the namespace registry.
 */
final class Deletes {
  /** As in {@link Updates}. */
  private static final int MAX_ATTEMPTS = 100;

  private final VerbContext context;
  private final Validated.Stage stage;

  Deletes(VerbContext context) {
    this.context = context;
    stage = new Validated.Stage(context);
  }

  /**
   * What a deletion came to.
   *
   * @param object in its last state, or as it is now marked
   * @param gone it is not there any more
   */
  record Deleted<T extends ApiObject>(Cached<T> object, boolean gone) {}

  /** Who may refuse a deletion. */
  @FunctionalInterface
  interface Refusal<T> {
    void check(T object) throws InterruptedException;
  }

  <T extends ApiObject, S extends ApiObject> Deleted<T> delete(
      Served<T, S> served, Call call, String namespace, String name, DeleteOptions options)
      throws InterruptedException {
    return delete(
        served,
        call,
        new ObjectName(namespace, name),
        options,
        object -> admit(Subject.of(served.resource(), "", object), call, object));
  }

  /** Deletes what goes with its collection. */
  <T extends ApiObject> Deleted<T> deleteOneOfMany(
      Served<T, ?> served, Call call, Cached<T> each, DeleteOptions options)
      throws InterruptedException {
    return delete(
        served,
        call,
        new ObjectName(each.namespace(), each.name()),
        options,
        object -> admit(Subject.inCollection(served.resource(), object), call, object));
  }

  /** Deletes what an action takes away that was admitted as what it is: an evicted pod. */
  <T extends ApiObject> Deleted<T> deleteAdmitted(
      Served<T, ?> served, Call call, String namespace, String name, DeleteOptions options)
      throws InterruptedException {
    return delete(served, call, new ObjectName(namespace, name), options, _ -> {});
  }

  private record ObjectName(String namespace, String name) {}

  private <T extends ApiObject, S extends ApiObject> Deleted<T> delete(
      Served<T, S> served, Call call, ObjectName at, DeleteOptions options, Refusal<T> refusal)
      throws InterruptedException {
    context.cache().awaitCurrent();
    Cached<S> current = served.findStored(at.namespace(), at.name());
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (current == null) {
        throw served.notFound(at.name());
      }
      T object = current.as(served.form()).record();
      checkPreconditions(served.resource(), object, options);
      refusal.check(object);
      T marked = mark(served.rules(), object, options, context.clock().now());
      Written<S> written;
      if (marked == null) {
        if (call.dryRun()) {
          return new Deleted<>(current.as(served.form()), true);
        }
        written = context.storage().remove(call, served.cache().resource(), current);
      } else if (call.dryRun() || marked.equals(object)) {
        return new Deleted<>(unstored(served, current, marked), false);
      } else {
        written = context.storage().replace(served, call, stage.terminating(marked), current);
      }
      switch (written) {
        case Written.Done<S> done -> {
          return new Deleted<>(done.object().as(served.form()), marked == null);
        }
        case Written.Overtaken<S> overtaken -> current = overtaken.current();
        case Written.Taken<S> taken ->
            throw new IllegalStateException("broken invariant: what ends takes nothing: " + taken);
      }
    }
    throw Failures.modified(served.resource(), at.name());
  }

  private static <T extends ApiObject> Cached<T> unstored(
      Served<T, ?> served, Cached<?> current, T object) {
    return Cached.unstored(served.resource().type(), current.key(), current.revision(), object);
  }

  private void admit(Subject subject, Call call, ApiObject object) throws InterruptedException {
    AdmissionRequest request = AdmissionRequest.delete(subject, object, call.caller());
    context.admission().admit(request);
    context.admission().validate(request);
  }

  static void checkPreconditions(Resource<?> resource, ApiObject object, DeleteOptions options) {
    unmet(object, options)
        .ifPresent(
            why -> {
              throw Failures.conflict(resource, object.name(), why);
            });
  }

  /** Why the object is not the one to delete; empty if it is. */
  static Optional<String> unmet(ApiObject object, DeleteOptions options) {
    Preconditions wanted = options.preconditions();
    if (wanted == null) {
      return Optional.empty();
    }
    ObjectMeta meta = object.metadata();
    if (wanted.uid() != null && !wanted.uid().equals(meta.uid())) {
      return Optional.of(
          "the UID in the precondition ("
              + wanted.uid()
              + ") does not match the UID in record ("
              + meta.uid()
              + "). The object might have been deleted and then recreated");
    }
    String version = wanted.resourceVersion();
    if (version != null && !version.equals(meta.resourceVersion())) {
      return Optional.of(
          "the ResourceVersion in the precondition ("
              + version
              + ") does not match the ResourceVersion in record ("
              + meta.resourceVersion()
              + "). The object might have been modified");
    }
    return Optional.empty();
  }

  /**
   * The object with the marks of its deletion; itself when it is marked already; null when nothing
   * holds it and it may go at once.
   */
  static <T extends ApiObject> @Nullable T mark(
      ResourceRules<T> rules, T object, DeleteOptions options, Instant now) {
    Grace grace = grace(rules, object, options, now);
    if (grace instanceof Grace.Pending) {
      return object;
    }
    ObjectMeta meta = object.metadata();
    List<String> finalizers = finalizers(rules, meta, options);
    boolean held = !finalizers.isEmpty() || rules.holdsDeletion(object);
    if (grace instanceof Grace.Given given && (held || given.seconds() > 0)) {
      ObjectMeta marked =
          meta.toBuilder()
              .finalizers(finalizers)
              .deletionTimestamp(given.end())
              .deletionGracePeriodSeconds(given.seconds())
              .generation(generation(meta))
              .build();
      return rules.markTerminating(Metadata.with(object, marked));
    }
    if (!held) {
      return null;
    }
    Instant end = meta.deletionTimestamp();
    Instant seconds = now.truncatedTo(ChronoUnit.SECONDS);
    ObjectMeta marked =
        meta.toBuilder()
            .finalizers(finalizers)
            .deletionTimestamp(end == null || end.isAfter(now) ? seconds : end)
            .deletionGracePeriodSeconds(0L)
            .generation(generation(meta))
            .build();
    return rules.markTerminating(Metadata.with(object, marked));
  }

  /** The first mark is a change of the wish. */
  private static long generation(ObjectMeta meta) {
    boolean first = meta.deletionTimestamp() == null && meta.generation() > 0;
    return first ? meta.generation() + 1 : meta.generation();
  }

  private static <T extends ApiObject> Grace grace(
      ResourceRules<T> rules, T object, DeleteOptions options, Instant now) {
    if (rules.gracefulDeletion().isEmpty()) {
      return Grace.NONE;
    }
    ObjectMeta meta = object.metadata();
    Long asked = options.gracePeriodSeconds();
    Long requested = asked != null && asked < 0 ? Long.valueOf(1) : asked;
    Instant end = meta.deletionTimestamp();
    if (end == null) {
      long seconds = rules.gracefulDeletion().get().gracePeriodSeconds(object, requested);
      return new Grace.Given(now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds), seconds);
    }
    long left = Objects.requireNonNullElse(meta.deletionGracePeriodSeconds(), 0L);
    if (left == 0) {
      return Grace.NONE;
    }
    if (requested == null || requested >= left) {
      return Grace.PENDING;
    }
    Instant shortened = end.minusSeconds(left).plusSeconds(requested);
    if (shortened.isBefore(now)) {
      Instant immediately = now.truncatedTo(ChronoUnit.SECONDS);
      return new Grace.Given(immediately, requested == 0 ? 0 : 1);
    }
    return new Grace.Given(shortened, requested);
  }

  /** The object's finalizers, with those that tell the garbage collector what to do. */
  private static <T extends ApiObject> List<String> finalizers(
      ResourceRules<T> rules, ObjectMeta meta, DeleteOptions options) {
    List<String> finalizers = new ArrayList<>(meta.finalizers());
    boolean always = rules.alwaysOrphansDependents();
    boolean orphan = always || orphans(rules, meta, options);
    boolean foreground = !always && foreground(meta, options);
    finalizers.remove(ObjectMetaRules.ORPHAN);
    finalizers.remove(ObjectMetaRules.FOREGROUND_DELETION);
    if (orphan) {
      finalizers.add(ObjectMetaRules.ORPHAN);
    }
    if (foreground) {
      finalizers.add(ObjectMetaRules.FOREGROUND_DELETION);
    }
    return finalizers;
  }

  private static boolean orphans(ResourceRules<?> rules, ObjectMeta meta, DeleteOptions options) {
    if (options.orphanDependents() != null) {
      return options.orphanDependents();
    }
    if (options.propagationPolicy() != null) {
      return options.propagationPolicy().equals("Orphan");
    }
    for (String finalizer : meta.finalizers()) {
      if (finalizer.equals(ObjectMetaRules.ORPHAN)) {
        return true;
      }
      if (finalizer.equals(ObjectMetaRules.FOREGROUND_DELETION)) {
        return false;
      }
    }
    return rules.orphanDependentsByDefault();
  }

  private static boolean foreground(ObjectMeta meta, DeleteOptions options) {
    if (options.orphanDependents() != null) {
      return false;
    }
    if (options.propagationPolicy() != null) {
      return options.propagationPolicy().equals("Foreground");
    }
    for (String finalizer : meta.finalizers()) {
      if (finalizer.equals(ObjectMetaRules.FOREGROUND_DELETION)) {
        return true;
      }
      if (finalizer.equals(ObjectMetaRules.ORPHAN)) {
        return false;
      }
    }
    return false;
  }

  /** How much time a deletion leaves. */
  private sealed interface Grace {
    Grace NONE = new None();
    Grace PENDING = new Pending();

    /** The kind knows no grace, or it has run out. */
    record None() implements Grace {}

    /** The object is going already, and no sooner by this request. */
    record Pending() implements Grace {}

    /** Until {@code end}. */
    record Given(Instant end, long seconds) implements Grace {}
  }
}
