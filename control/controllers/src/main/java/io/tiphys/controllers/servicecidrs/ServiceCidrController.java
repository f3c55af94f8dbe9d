package io.tiphys.controllers.servicecidrs;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Source;
import io.tiphys.client.Source.Patch;
import io.tiphys.client.Source.PatchType;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Declares ServiceCIDRs ready and holds those that are deleted, by a finalizer, until no service
 * has an address that only they give. Checked against
 * pkg/controller/servicecidrs/servicecidrs_controller.go.
 */
public final class ServiceCidrController {
  private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
  private static final String MANAGER = "service-cidr-controller";
  private static final String STILL_USED =
      "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new"
          + " ServiceCIDR";

  /** By then every server knows of the deletion and gives no address of it any more. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** As upstream's --concurrent-service-endpoint-syncs and most others. */
  private static final int WORKERS = 5;

  private final Source source;
  private final Clock clock;
  private final Informer<ServiceCIDR> cidrs;
  private final Informer<IPAddress> addresses;

  private ServiceCidrController(ControllerContext context, ControllerRunner runner) {
    source = context.source();
    clock = context.clock();
    cidrs = runner.reads(NetworkingV1.SERVICECIDRS);
    addresses = runner.reads(NetworkingV1.IPADDRESSES);
  }

  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("service CIDR controller", context);
    ServiceCidrController self = new ServiceCidrController(context, runner);
    Controller<String> controller =
        runner.holds(
            new Controller<>(
                "servicecidrs", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.cidrs.addHandler(
        Handler.of(
            cidr -> {
              controller.enqueue(cidr.name());
              self.networks().overlapping(cidr).forEach(other -> controller.enqueue(other.name()));
            }));
    self.addresses.addHandler(
        Handler.of(
            address ->
                self.networks().giving(address).forEach(cidr -> controller.enqueue(cidr.name()))));
    return runner.begin(controller::start);
  }

  private Networks networks() {
    return new Networks(cidrs.list());
  }

  private Result reconcile(String name) {
    ServiceCIDR cidr = cidrs.get("", name);
    if (cidr == null) {
      return Result.done();
    }
    Instant deleted = cidr.metadata().deletionTimestamp();
    if (deleted != null) {
      return end(cidr, deleted);
    }
    if (!cidr.metadata().finalizers().contains(FINALIZER)) {
      patchFinalizers(name, "finalizers");
    }
    report(cidr, "True", "", "Kubernetes Service CIDR is ready");
    return Result.done();
  }

  private Result end(ServiceCIDR cidr, Instant deleted) {
    if (!networks().canSpare(cidr, addresses.list())) {
      report(cidr, "False", "Terminating", STILL_USED);
      return Result.done();
    }
    Duration left = GRACE.minus(Duration.between(deleted, clock.now()));
    if (left.isPositive()) {
      return Result.retryAfter(left);
    }
    if (cidr.metadata().finalizers().contains(FINALIZER)) {
      patchFinalizers(cidr.name(), "$deleteFromPrimitiveList/finalizers");
    }
    return Result.done();
  }

  private void patchFinalizers(String name, String field) {
    Json finalizers = new Json.Arr(List.of(new Json.Str(FINALIZER)));
    Json body = Json.Obj.EMPTY.with("metadata", Json.Obj.EMPTY.with(field, finalizers));
    try {
      source.patch(NetworkingV1.SERVICECIDRS, "", name, "", Patch.strategic(body));
    } catch (ApiFailure failure) {
      if (!failure.isNotFound()) {
        throw failure;
      }
    }
  }

  private void report(ServiceCIDR cidr, String status, String reason, String message) {
    boolean said =
        cidr.status().conditions().stream()
            .anyMatch(
                condition ->
                    condition.type().equals("Ready")
                        && condition.status().equals(status)
                        && condition.reason().equals(reason)
                        && condition.message().equals(message));
    if (said) {
      return;
    }
    Json condition =
        Json.Obj.builder()
            .put("type", "Ready")
            .put("status", status)
            .put("lastTransitionTime", clock.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .put("reason", reason)
            .put("message", message)
            .build();
    Json body =
        Json.Obj.builder()
            .put("apiVersion", "networking.k8s.io/v1")
            .put("kind", "ServiceCIDR")
            .put("metadata", Json.Obj.EMPTY.with("name", new Json.Str(cidr.name())))
            .put("status", Json.Obj.EMPTY.with("conditions", new Json.Arr(List.of(condition))))
            .build();
    source.patch(
        NetworkingV1.SERVICECIDRS,
        "",
        cidr.name(),
        "status",
        new Patch(PatchType.APPLY, body, MANAGER, true));
  }
}
