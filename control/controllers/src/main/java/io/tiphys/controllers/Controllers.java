package io.tiphys.controllers;

import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.controllers.deployment.DeploymentController;
import io.tiphys.controllers.disruption.DisruptionController;
import io.tiphys.controllers.endpoints.EndpointsController;
import io.tiphys.controllers.endpointslice.EndpointSliceController;
import io.tiphys.controllers.garbage.GarbageCollector;
import io.tiphys.controllers.garbage.PodGarbageCollector;
import io.tiphys.controllers.job.JobController;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.namespace.NamespaceController;
import io.tiphys.controllers.nodelifecycle.NodeLifecycleController;
import io.tiphys.controllers.nodelifecycle.TaintEvictionController;
import io.tiphys.controllers.replicaset.ReplicaSetController;
import io.tiphys.controllers.resourcequota.ResourceQuotaController;
import io.tiphys.controllers.serviceaccount.ServiceAccountController;
import io.tiphys.controllers.servicecidrs.ServiceCidrController;
import io.tiphys.controllers.statefulset.StatefulSetController;
import io.tiphys.controllers.volumes.LocalFolders;
import io.tiphys.controllers.volumes.ProtectionController;
import io.tiphys.controllers.volumes.VolumeController;

/** All controllers, in one list. */
public final class Controllers {
  private Controllers() {}

  /** Opens every controller; each begins when the informers it reads have their first list. */
  public static Lifecycle open(ControllerContext context, ControllerConfig config) {
    Closer closer = new Closer();
    closer.add(NamespaceController.open(context));
    closer.add(ServiceAccountController.open(context, config.caPem()));
    closer.add(DeploymentController.open(context));
    closer.add(ReplicaSetController.open(context));
    closer.add(StatefulSetController.open(context));
    closer.add(JobController.open(context));
    closer.add(EndpointsController.open(context));
    closer.add(EndpointSliceController.open(context));
    closer.add(ServiceCidrController.open(context));
    closer.add(
        VolumeController.open(
            context, new LocalFolders(config.disk()), config.volumesRoot(), config.nodeName()));
    closer.add(ProtectionController.open(context));
    closer.add(GarbageCollector.open(context));
    closer.add(PodGarbageCollector.open(context));
    closer.add(DisruptionController.open(context));
    closer.add(ResourceQuotaController.open(context));
    closer.add(NodeLifecycleController.open(context));
    closer.add(TaintEvictionController.open(context));
    return closer;
  }
}
