package io.tiphys.store.etcd;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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

  private static final class Lease {
    private final long id;
    private final long grantedNanos;
    private int keys;

    private Lease(long id, long grantedNanos) {
      this.id = id;
      this.grantedNanos = grantedNanos;
    }
  }

  /** A lease for a key that lives so long; 0 for one that lives for ever. */
  synchronized long leaseFor(@Nullable Duration timeToLive) {
    if (timeToLive == null) {
      return 0;
    }
    long seconds = Math.clamp(timeToLive.plusNanos(999_999_999).toSeconds(), 1, LONGEST);
    long shared = Math.clamp(seconds * SHARED_PERCENT / 100, 1, LONGEST_SHARED);
    Lease present = bySeconds.get(seconds);
    long now = clock.nanoTime();
    boolean usable =
        present != null
            && present.keys < MOST_KEYS
            && now - present.grantedNanos < Duration.ofSeconds(shared).toNanos();
    Lease lease = usable && present != null ? present : grant(seconds + shared, now);
    lease.keys++;
    bySeconds.put(seconds, lease);
    return lease.id;
  }

  private Lease grant(long seconds, long now) {
    return new Lease(
        Messages.lease(client.ask(Messages.LEASE_GRANT, Messages.grant(seconds))), now);
  }

  /** A lease was not there: the next keys get new ones. */
  synchronized void forget() {
    bySeconds.clear();
  }
}
