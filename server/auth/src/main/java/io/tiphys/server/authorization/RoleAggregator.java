package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.RbacV1;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Writes the rules of aggregated cluster roles into them, so that clients see what {@link
 * RbacSnapshot} already grants.
 */
public final class RoleAggregator implements Lifecycle {
  private static final Logger LOG = System.getLogger(RoleAggregator.class.getName());

  private final RbacSource roles;
  private final Source source;
  private final Semaphore changed = new Semaphore(1);
  private final Lifecycle subscription;
  private final Loops.Loop worker;

  private RoleAggregator(RbacSource roles, Source source, Loops loops) {
    this.roles = roles;
    this.source = source;
    this.subscription = roles.onChange(changed::release);
    this.worker = loops.start("role-aggregator", this::run);
  }

  public static RoleAggregator open(RbacSource roles, Source source, Loops loops) {
    return new RoleAggregator(roles, source, loops);
  }

  private void run() throws InterruptedException {
    while (true) {
      changed.drainPermits();
      List<ClusterRole> current = roles.current().clusterRoles();
      Map<String, ClusterRole> before = new HashMap<>();
      current.forEach(role -> before.put(role.name(), role));
      for (ClusterRole role : Aggregation.resolve(current)) {
        if (!role.equals(before.get(role.name()))) {
          write(role);
        }
      }
      changed.acquire();
    }
  }

  private void write(ClusterRole role) {
    try {
      source.update(RbacV1.CLUSTERROLES, role);
    } catch (ApiFailure failure) {
      // A conflict means that a newer version is on its way here, and with it the next attempt.
      LOG.log(Level.DEBUG, "aggregated role {0}: {1}", role.name(), failure.getMessage());
    }
  }

  @Override
  public void close() {
    subscription.close();
    worker.close();
  }
}
