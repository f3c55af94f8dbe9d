package io.tiphys.client;

import io.tiphys.api.coordination.v1.LeaseSpec;
import java.util.Objects;

/**
 * What a leader's writes are bound to: they happen only while the lease still says what it said
 * when the leader took it, at the very instant of the write.
 *
 * @param namespace of the lease
 * @param lease its name
 * @param identity its holder
 * @param transitions how often it had changed hands by then, so that a later term of the same
 *     holder is another one
 */
public record Fence(String namespace, String lease, String identity, int transitions) {

  /** Whether the lease is still held as it was. */
  public boolean holds(LeaseSpec spec) {
    return identity.equals(spec.holderIdentity())
        && transitions == Objects.requireNonNullElse(spec.leaseTransitions(), 0);
  }

  /** Why a write is refused. */
  public String refusal() {
    return identity + " no longer holds the lease " + namespace + "/" + lease;
  }
}
