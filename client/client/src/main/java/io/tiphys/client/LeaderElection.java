package io.tiphys.client;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.coordination.v1.Lease;
import io.tiphys.api.coordination.v1.LeaseSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has work done in one process of several at a time: the one whose name stands in a Lease and that
 * renews it. The work ends when the lease cannot be renewed for a while, and begins again once it
 * is held again.
 *
 * <p>What the work writes it writes within its {@link Term}: through a {@link LeaderSource}, over a
 * server that checks the term's {@link Fence}, so that a process that was stopped for longer than
 * the lease lasts cannot write once more before it learns that another one leads. Checked against
 * client-go/tools/leaderelection/leaderelection.go and the defaults of kube-controller-manager.
 */
public final class LeaderElection implements Lifecycle {
  private static final Logger LOG = System.getLogger(LeaderElection.class.getName());

  /** Upstream's --leader-elect-lease-duration: who has not renewed for so long is gone. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  /** Upstream's --leader-elect-renew-deadline: before anybody else can believe so. */
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

  /** Upstream's --leader-elect-retry-period. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  private static final int NOT_FOUND = 404;

  private final Source source;
  private final Candidate candidate;
  private final Work work;
  private final Clock clock;
  private final Loops loops;
  private final Loops.Loop loop;

  /**
   * What the lease said last, and when we saw it change: other machines' clocks count for nothing.
   */
  private @Nullable LeaseSpec observed;

  private long observedNanos;

  /** Guards what follows, which the renewing loop and the deadline's timer share. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Begins the work, holds it, and ends it when stopped; beside the loop that renews. */
  private Loops.@Nullable Loop working;

  private @Nullable Term term;

  private Clock.Timer deadline = () -> {};

  /** Which deadline counts: a timer that was overtaken by a renewal does nothing. */
  private long renewal;

  private boolean expired;

  /**
   * Who wants to lead.
   *
   * @param namespace of the lease
   * @param lease its name
   * @param identity nobody else's
   */
  public record Candidate(String namespace, String lease, String identity) {}

  /** What the leader does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Begins it; what is returned ends it.
     *
     * @param term which may be over before the work has ended
     */
    Lifecycle begin(Term term) throws InterruptedException;
  }

  private enum Result {
    LEADING,
    ANOTHER_LEADS,
    NOT_KNOWN
  }

  private LeaderElection(Source source, Candidate candidate, Work work, Clock clock, Loops loops) {
    this.source = source;
    this.candidate = candidate;
    this.work = work;
    this.clock = clock;
    this.loops = loops;
    loop = loops.start("leader-election", candidate.lease(), this::run);
  }

  /** Begins to compete. */
  public static LeaderElection open(
      Source source, Candidate candidate, Work work, Clock clock, Loops loops) {
    return new LeaderElection(source, candidate, work, clock, loops);
  }

  private void run() throws InterruptedException {
    try {
      while (true) {
        step();
        clock.sleep(RETRY);
      }
    } finally {
      endWork();
    }
  }

  private void step() {
    long asked = clock.nanoTime(); // the lease counts from before the request at the latest
    switch (tryToLead()) {
      case LEADING -> {
        if (hasExpired()) {
          endWork(); // what was stopped has to end before it begins anew
        }
        leadUntil(asked + RENEW_DEADLINE.toNanos());
      }
      case ANOTHER_LEADS -> endWork();
      case NOT_KNOWN -> {} // the deadline of the last renewal stands
    }
  }

  private boolean hasExpired() {
    lock.lock();
    try {
      return expired;
    } finally {
      lock.unlock();
    }
  }

  private void leadUntil(long endNanos) {
    lock.lock();
    try {
      long left = endNanos - clock.nanoTime();
      if (left <= 0) {
        return; // renewed too late to count on
      }
      deadline.cancel();
      long mine = ++renewal;
      deadline = clock.schedule(Duration.ofNanos(left), () -> expire(mine));
      if (working == null) {
        LOG.log(Level.INFO, "{0} leads {1}", candidate.identity(), candidate.lease());
        Term begun = new Term(fence());
        term = begun;
        working = loops.start("leader-work", candidate.lease(), () -> work(begun));
      }
    } finally {
      lock.unlock();
    }
  }

  /** As the lease says since our last renewal. */
  private Fence fence() {
    LeaseSpec spec = Objects.requireNonNull(observed);
    return new Fence(
        candidate.namespace(),
        candidate.lease(),
        candidate.identity(),
        Objects.requireNonNullElse(spec.leaseTransitions(), 0));
  }

  private void work(Term term) throws InterruptedException {
    try (Lifecycle _ = work.begin(term)) {
      new CountDownLatch(1).await(); // until it is interrupted
    }
  }

  /** Runs on the clock's thread, so it only asks the work to end. */
  private void expire(long of) {
    lock.lock();
    try {
      if (of == renewal && working != null) {
        LOG.log(Level.INFO, "{0} could not renew {1}", candidate.identity(), candidate.lease());
        expired = true;
        endTerm();
        working.stop();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endTerm() {
    if (term != null) {
      term.end();
      term = null;
    }
  }

  /** Ends the work and waits until it has ended. */
  private void endWork() {
    Loops.Loop ending;
    lock.lock();
    try {
      deadline.cancel();
      renewal++;
      endTerm();
      ending = working;
      working = null;
      expired = false;
    } finally {
      lock.unlock();
    }
    if (ending != null) {
      LOG.log(Level.INFO, "{0} no longer leads {1}", candidate.identity(), candidate.lease());
      ending.close();
    }
  }

  private Result tryToLead() {
    try {
      Lease present = source.get(CoordinationV1.LEASES, candidate.namespace(), candidate.lease());
      observe(present.spec());
      if (!isOurs(present.spec()) && isHeld(present.spec())) {
        return Result.ANOTHER_LEADS;
      }
      observe(
          source.update(CoordinationV1.LEASES, present.withSpec(claimed(present.spec()))).spec());
      return Result.LEADING;
    } catch (ApiFailure e) {
      return e.code() == NOT_FOUND ? create() : Result.NOT_KNOWN;
    }
  }

  private Result create() {
    try {
      ObjectMeta meta =
          ObjectMeta.builder().namespace(candidate.namespace()).name(candidate.lease()).build();
      LeaseSpec spec = claimed(LeaseSpec.builder().build());
      Lease made =
          source.create(CoordinationV1.LEASES, Lease.builder().metadata(meta).spec(spec).build());
      observe(made.spec());
      return Result.LEADING;
    } catch (ApiFailure e) {
      return Result.NOT_KNOWN;
    }
  }

  private void observe(LeaseSpec spec) {
    if (!spec.equals(observed)) {
      observed = spec;
      observedNanos = clock.nanoTime();
    }
  }

  private boolean isOurs(LeaseSpec spec) {
    return candidate.identity().equals(spec.holderIdentity());
  }

  private boolean isHeld(LeaseSpec spec) {
    Integer seconds = spec.leaseDurationSeconds();
    String holder = spec.holderIdentity();
    return holder != null
        && !holder.isEmpty()
        && seconds != null
        && clock.nanoTime() - observedNanos < Duration.ofSeconds(seconds).toNanos();
  }

  private LeaseSpec claimed(LeaseSpec before) {
    LeaseSpec renewed =
        before
            .withHolderIdentity(candidate.identity())
            .withLeaseDurationSeconds((int) LEASE.toSeconds())
            .withRenewTime(clock.now());
    if (isOurs(before)) {
      return renewed;
    }
    int transitions = Objects.requireNonNullElse(before.leaseTransitions(), 0);
    boolean first = before.holderIdentity() == null;
    return renewed
        .withAcquireTime(clock.now())
        .withLeaseTransitions(first ? transitions : transitions + 1);
  }

  /** Ends the work, then lets others lead at once. */
  @Override
  public void close() {
    loop.close();
    try {
      Lease present = source.get(CoordinationV1.LEASES, candidate.namespace(), candidate.lease());
      if (isOurs(present.spec())) {
        LeaseSpec free = present.spec().withHolderIdentity("").withLeaseDurationSeconds(1);
        Lease _ = source.update(CoordinationV1.LEASES, present.withSpec(free));
      }
    } catch (ApiFailure e) {
      LOG.log(Level.DEBUG, "the lease runs out by itself", e);
    }
  }
}
