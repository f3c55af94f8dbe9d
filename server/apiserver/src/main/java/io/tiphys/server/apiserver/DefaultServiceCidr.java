package io.tiphys.server.apiserver;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.api.networking.v1.ServiceCIDRSpec;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import io.tiphys.client.Source.Patch;
import io.tiphys.client.Source.PatchType;
import io.tiphys.codec.Json;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.ResourceCache;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ServiceCIDR {@code kubernetes}, from which services get their addresses unless there
 * are further ones, and declares it ready. Checked against
 * pkg/controlplane/controller/defaultservicecidr.
 */
final class DefaultServiceCidr implements Lifecycle {
  private static final Logger log = System.getLogger(DefaultServiceCidr.class.getName());
  private static final String NAME = "kubernetes";
  private static final String MANAGER = "kubernetes-service-cidr-controller";

  private final Source source;
  private final List<String> cidrs;
  private final ResourceCache<ServiceCIDR> present;
  private final Clock clock;
  private final Semaphore changed = new Semaphore(0);
  private final Lifecycle subscription;
  private final Loops.Loop loop;

  private DefaultServiceCidr(
      Source source, String cidr, ResourceCache<ServiceCIDR> present, Clock clock, Loops loops) {
    this.source = source;
    cidrs = List.of(cidr);
    this.present = present;
    this.clock = clock;
    begin();
    subscription = present.onChange(changed::release);
    loop = loops.start("default-service-cidr", this::run);
  }

  /** Returns when it is there. */
  static DefaultServiceCidr open(
      Source source, String cidr, ResourceCache<ServiceCIDR> present, Clock clock, Loops loops) {
    return new DefaultServiceCidr(source, cidr, present, clock, loops);
  }

  /** It must be there; that it is not declared ready yet is left to the loop. */
  private void begin() {
    ServiceCIDR found = current();
    ServiceCIDR cidr = found == null ? create() : found;
    try {
      sync(cidr);
    } catch (ApiFailure failure) {
      log.log(
          Level.WARNING,
          "the default ServiceCIDR is not declared ready: {0}",
          failure.getMessage());
    }
  }

  private @Nullable ServiceCIDR current() {
    Cached<ServiceCIDR> found = present.get(NAME);
    return found == null ? null : found.record();
  }

  private void run() throws InterruptedException {
    while (true) {
      changed.drainPermits();
      sync(current());
      changed.acquire();
    }
  }

  private void sync(@Nullable ServiceCIDR found) {
    ServiceCIDR cidr = found == null ? create() : found;
    if (isForUsToJudge(cidr)) {
      judge();
    }
  }

  private ServiceCIDR create() {
    try {
      return source.create(
          NetworkingV1.SERVICECIDRS,
          ServiceCIDR.builder()
              .metadata(ObjectMeta.builder().name(NAME).build())
              .spec(new ServiceCIDRSpec(cidrs))
              .build());
    } catch (ApiFailure failure) {
      if (!failure.isAlreadyExists()) {
        throw failure;
      }
      return source.get(NetworkingV1.SERVICECIDRS, "", NAME);
    }
  }

  /** What others have said of it, and what this server's flags do not know, is not ours. */
  private boolean isForUsToJudge(ServiceCIDR cidr) {
    return cidr.metadata().deletionTimestamp() == null
        && cidr.spec().cidrs().equals(cidrs)
        && cidr.status().conditions().stream()
            .noneMatch(
                condition ->
                    condition.type().equals("Ready") && !condition.status().equals("Unknown"));
  }

  private void judge() {
    Json.Obj condition =
        Json.Obj.builder()
            .put("type", "Ready")
            .put("status", "True")
            .put("message", "Kubernetes default Service CIDR is ready")
            .put("lastTransitionTime", clock.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .build();
    Json.Obj body =
        Json.Obj.builder()
            .put("apiVersion", "networking.k8s.io/v1")
            .put("kind", "ServiceCIDR")
            .put("metadata", Json.Obj.EMPTY.with("name", new Json.Str(NAME)))
            .put("status", Json.Obj.EMPTY.with("conditions", new Json.Arr(List.of(condition))))
            .build();
    source.patch(
        NetworkingV1.SERVICECIDRS,
        "",
        NAME,
        "status",
        new Patch(PatchType.APPLY, body, MANAGER, true));
  }

  @Override
  public void close() {
    subscription.close();
    loop.close();
  }
}
