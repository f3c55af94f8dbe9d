package io.tiphys.store.etcd;

import io.tiphys.base.Clock;
import io.tiphys.store.etcd.grpc.GrpcException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Times to live as etcd's leases. Keys of about the same age share one, since each lease is kept by
 * every server: a time to live is rounded up to seconds and lengthened by the time in which its
 * lease is shared. After apiserver/pkg/storage/etcd3/lease_manager.go.
 */
final class Leases {
  /** Keys of one lease: etcd deletes them in one transaction when it ends. */
  private static final int MOST_KEYS = 1000;

  private static final long SHARED_PERCENT = 5;
  private static final long LONGEST_SHARED = 60;

  /** The longest that etcd grants: 9,000,000,000 seconds are refused. */
  private static final long LONGEST = Duration.ofDays(36_500).toSeconds();

  private final EtcdClient client;
  private final Clock clock;
  private final Map<Long, Lease> bySeconds = new HashMap<>();

  Leases(EtcdClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Granted by the first who asks, while others wait for the same. */
  private static final class Lease {
    private final CompletableFuture<Long> id = new CompletableFuture<>();
    private final long askedNanos;
    private int keys;

    private Lease(long askedNanos) {
      this.askedNanos = askedNanos;
    }

    private boolean isUsable(long now, long shared) {
      return keys < MOST_KEYS && now - askedNanos < Duration.ofSeconds(shared).toNanos();
    }
  }

  /** A lease for a key that lives so long; 0 for one that lives for ever. */
  long leaseFor(@Nullable Duration timeToLive) {
    if (timeToLive == null) {
      return 0;
    }
    long seconds = Math.clamp(timeToLive.plusNanos(999_999_999).toSeconds(), 1, LONGEST);
    long shared = Math.clamp(seconds * SHARED_PERCENT / 100, 1, LONGEST_SHARED);
    Lease mine = new Lease(clock.nanoTime());
    Lease lease = share(seconds, shared, mine);
    return lease == mine ? grant(seconds, shared, mine) : granted(lease);
  }

  private synchronized Lease share(long seconds, long shared, Lease otherwise) {
    Lease present = bySeconds.get(seconds);
    boolean usable = present != null && present.isUsable(otherwise.askedNanos, shared);
    Lease lease = usable && present != null ? present : otherwise;
    lease.keys++;
    bySeconds.put(seconds, lease);
    return lease;
  }

  private long grant(long seconds, long shared, Lease lease) {
    try {
      byte[] asked = Messages.grant(seconds + shared);
      long id = Messages.lease(client.call(Messages.LEASE_GRANT, asked));
      lease.id.complete(id);
      return id;
    } catch (RuntimeException e) {
      drop(seconds, lease);
      lease.id.completeExceptionally(e);
      throw e;
    }
  }

  /** Whatever another's asking failed with, we may ask ourselves. */
  private static long granted(Lease lease) {
    try {
      return lease.id.join();
    } catch (CompletionException e) {
      throw new GrpcException(GrpcException.UNAVAILABLE, "no lease was granted: " + e.getCause());
    }
  }

  private synchronized void drop(long seconds, Lease lease) {
    bySeconds.remove(seconds, lease);
  }

  /** A lease was not there: the next keys get new ones. */
  synchronized void forget() {
    bySeconds.clear();
  }
}
