package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Two candidates for one Lease, as operators elect a leader; the leader dies. */
final class LeaderStory {
  private static final String NAMESPACE = "default";
  private static final String LEASE = "operator";
  private static final Duration LEASE_DURATION = Duration.ofSeconds(6);

  private LeaderStory() {}

  static void tell(Path kubeconfig, HttpClient.Factory http) throws Exception {
    List<String> leaders = new CopyOnWriteArrayList<>();
    try (KubernetesClient second = Fabric8Story.client(kubeconfig, http)) {
      CompletableFuture<?> following;
      try (KubernetesClient first = Fabric8Story.client(kubeconfig, http)) {
        var _ = run(first, "first", leaders);
        Await.until("the first leads", () -> leaders.contains("first"));
        following = run(second, "second", leaders);
        Await.until("the leader renews", () -> renewals(second) > 1);
        assertThat(leaders).containsExactly("first");
      }

      // The first is gone and has given nothing back: its lease has to run out.
      Await.until("the second leads", () -> leaders.contains("second"));
      assertThat(leaders).containsExactly("first", "second");
      Lease lease = lease(second);
      assertThat(lease.getSpec().getHolderIdentity()).isEqualTo("second");
      assertThat(lease.getSpec().getLeaseTransitions()).isEqualTo(1);
      following.cancel(true);
      second.leases().inNamespace(NAMESPACE).withName(LEASE).delete();
    }
  }

  private static CompletableFuture<?> run(
      KubernetesClient client, String identity, List<String> leaders) {
    return client
        .leaderElector()
        .withConfig(
            new LeaderElectionConfigBuilder()
                .withName(LEASE)
                .withLeaseDuration(LEASE_DURATION)
                .withRenewDeadline(Duration.ofSeconds(4))
                .withRetryPeriod(Duration.ofSeconds(1))
                .withLock(new LeaseLock(NAMESPACE, LEASE, identity))
                .withLeaderCallbacks(
                    new LeaderCallbacks(() -> leaders.add(identity), () -> {}, _ -> {}))
                .build())
        .build()
        .start();
  }

  private static Lease lease(KubernetesClient client) {
    return client.leases().inNamespace(NAMESPACE).withName(LEASE).get();
  }

  /** How far the lease's renewal is from when it was acquired, in retry periods. */
  private static long renewals(KubernetesClient client) {
    Lease lease = lease(client);
    return Duration.between(lease.getSpec().getAcquireTime(), lease.getSpec().getRenewTime())
        .toSeconds();
  }
}
