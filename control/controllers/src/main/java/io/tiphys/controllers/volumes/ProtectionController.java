package io.tiphys.controllers.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets go of deleted claims that no pod uses and of deleted volumes that no claim holds, by taking
 * away the finalizers that admission gave them. Checked against pkg/controller/volume/pvcprotection
 * and pvprotection.
 */
public final class ProtectionController {
  static final String CLAIM_FINALIZER = "kubernetes.io/pvc-protection";
  static final String VOLUME_FINALIZER = "kubernetes.io/pv-protection";

  /** One would do; two keep a slow write from holding up the rest. */
  private static final int WORKERS = 2;

  private final Source source;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<Pod> pods;

  private ProtectionController(ControllerContext context, ControllerRunner runner) {
    source = context.source();
    claims = runner.reads(CoreV1.PERSISTENTVOLUMECLAIMS);
    volumes = runner.reads(CoreV1.PERSISTENTVOLUMES);
    pods = runner.reads(CoreV1.PODS);
  }

  /** The key of a volume has no namespace, that of a claim has one. */
  public static Lifecycle open(ControllerContext context) {
    ControllerRunner runner = new ControllerRunner("volume protection", context);
    ProtectionController self = new ProtectionController(context, runner);
    Controller<ObjectKey> controller =
        runner.holds(
            new Controller<>(
                "volume-protection", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.claims.addHandler(Handler.of(claim -> enqueueEnding(controller, claim)));
    self.volumes.addHandler(Handler.of(volume -> enqueueEnding(controller, volume)));
    self.pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {}

          @Override
          public void onUpdate(Pod before, Pod after) {}

          @Override
          public void onDelete(Pod last) {
            ClaimUse.claims(last)
                .forEach(claim -> controller.enqueue(new ObjectKey(last.namespace(), claim)));
          }
        });
    return runner.begin(controller::start);
  }

  private static void enqueueEnding(Controller<ObjectKey> controller, ApiObject object) {
    if (object.metadata().deletionTimestamp() != null) {
      controller.enqueue(ObjectKey.of(object));
    }
  }

  private Result reconcile(ObjectKey key) {
    if (key.namespace().isEmpty()) {
      PersistentVolume volume = volumes.get(key);
      if (volume != null && !volume.status().phase().equals("Bound")) {
        letGo(CoreV1.PERSISTENTVOLUMES, volume, VOLUME_FINALIZER);
      }
      return Result.done();
    }
    PersistentVolumeClaim claim = claims.get(key);
    if (claim != null && isEnding(claim, CLAIM_FINALIZER) && !isUsed(claim)) {
      letGo(CoreV1.PERSISTENTVOLUMECLAIMS, claim, CLAIM_FINALIZER);
    }
    return Result.done();
  }

  private static boolean isEnding(ApiObject object, String finalizer) {
    return object.metadata().deletionTimestamp() != null
        && object.metadata().finalizers().contains(finalizer);
  }

  /** Asks the API last: a pod bound a moment ago may not be in the copy. */
  private boolean isUsed(PersistentVolumeClaim claim) {
    return isAmong(pods.list(claim.namespace()), claim)
        || isAmong(source.list(CoreV1.PODS, claim.namespace(), ListOptions.ALL).items(), claim);
  }

  private static boolean isAmong(List<Pod> pods, PersistentVolumeClaim claim) {
    return pods.stream().anyMatch(pod -> ClaimUse.blocks(pod, claim.name()));
  }

  @SuppressWarnings("unchecked") // an object with other metadata is of the same kind
  private <T extends ApiObject> void letGo(Resource<T> resource, T object, String finalizer) {
    if (!isEnding(object, finalizer)) {
      return;
    }
    List<String> others = new ArrayList<>(object.metadata().finalizers());
    others.remove(finalizer);
    try {
      source.update(resource, (T) object.withMetadata(object.metadata().withFinalizers(others)));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }
}
