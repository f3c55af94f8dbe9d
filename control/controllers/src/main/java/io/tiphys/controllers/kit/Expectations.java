package io.tiphys.controllers.kit;

import io.tiphys.base.Clock;
import io.tiphys.client.ObjectKey;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a controller has done and not yet seen, by the key of the owner: while a creation or
 * deletion is on its way through the watch, the owner is not reconciled, or its dependents would be
 * doubled. Checked against ControllerExpectations and UIDTrackingControllerExpectations in
 * pkg/controller/controller_utils.go.
 *
 * <p>Deletions are known by name, so that an update that marks an object for deletion and its
 * deletion count once. Thread-safe.
 */
public final class Expectations {
  /** As upstream: after this a lost event is more likely than a slow one. */
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  /** After the timeout, not just at it. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final Clock clock;
  private final Map<ObjectKey, Expected> expected = new LinkedHashMap<>();

  private static final class Expected {
    final long since;
    final Set<ObjectKey> deletions;
    int creations;

    Expected(long since, int creations, Collection<ObjectKey> deletions) {
      this.since = since;
      this.creations = creations;
      this.deletions = new LinkedHashSet<>(deletions);
    }
  }

  public Expectations(Clock clock) {
    this.clock = clock;
  }

  /** Whether everything expected has been seen, or too long ago to still be expected. */
  public synchronized boolean satisfied(ObjectKey owner) {
    Expected pending = expected.get(owner);
    return pending == null
        || (pending.creations <= 0 && pending.deletions.isEmpty())
        || clock.nanoTime() - pending.since > TIMEOUT.toNanos();
  }

  /**
   * What follows a pass that waited for expectations: what is never observed wakes nobody, so it is
   * looked at again when they no longer count. Upstream's informers do that by their resync.
   */
  public static Result lookAgain(Result result) {
    return result instanceof Result.RetryAfter(var delay) && delay.compareTo(TIMEOUT) < 0
        ? result
        : Result.retryAfter(TIMEOUT.plus(MARGIN));
  }

  /** Call before creating; replaces what was expected. */
  public synchronized void expectCreations(ObjectKey owner, int count) {
    expected.put(owner, new Expected(clock.nanoTime(), count, Set.of()));
  }

  /** Call before deleting; replaces what was expected. */
  public synchronized void expectDeletions(ObjectKey owner, Collection<ObjectKey> objects) {
    expected.put(owner, new Expected(clock.nanoTime(), 0, objects));
  }

  /** A creation was seen, or failed and will not be. */
  public synchronized void creationObserved(ObjectKey owner) {
    Expected pending = expected.get(owner);
    if (pending != null) {
      pending.creations--;
    }
  }

  /** A deletion (or the mark for it) was seen, or failed and will not be. */
  public synchronized void deletionObserved(ObjectKey owner, ObjectKey object) {
    Expected pending = expected.get(owner);
    if (pending != null) {
      pending.deletions.remove(object);
    }
  }

  /** The owner is gone. */
  public synchronized void forget(ObjectKey owner) {
    expected.remove(owner);
  }
}
