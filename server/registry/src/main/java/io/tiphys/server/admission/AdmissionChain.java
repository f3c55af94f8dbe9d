package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.base.Clock;
import io.tiphys.server.admission.podsecurity.PodSecurity;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The plugins, in the order in which they are asked. */
public final class AdmissionChain {
  private final List<AdmissionPlugin> plugins;

  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  /**
   * The plugins that upstream turns on by default, as far as they exist here, in the order of
   * pkg/kubeapiserver/options/plugins.go.
   */
  public static AdmissionChain standard(Directory directory, Clock clock, RandomGenerator random) {
    return new AdmissionChain(
        List.of(
            new NamespaceLifecycle(directory),
            new LimitRanger(directory),
            new ServiceAccountAdmission(directory, clock, random),
            new NodeTaintAdmission(),
            new PodSecurity(directory, clock),
            new PriorityAdmission(directory),
            new DefaultTolerations(),
            new DefaultStorageClass(directory),
            new StorageInUseProtection(),
            new ClaimResize(directory),
            new RuntimeClassAdmission(directory),
            new DefaultIngressClass(directory),
            new PodTopologyLabels(directory),
            new PodResizeAdmission(directory)));
  }

  /** This chain with more plugins behind its own. */
  public AdmissionChain with(List<AdmissionPlugin> more) {
    List<AdmissionPlugin> all = new ArrayList<>(plugins);
    all.addAll(more);
    return new AdmissionChain(all);
  }

  /** What would be stored after all plugins had their say. */
  public @Nullable ApiObject admit(AdmissionRequest request) throws InterruptedException {
    AdmissionRequest current = request;
    for (AdmissionPlugin plugin : plugins) {
      ApiObject object = plugin.admit(current);
      if (object != null) {
        current = current.withObject(object);
      }
    }
    return current.object();
  }

  public void validate(AdmissionRequest request) throws InterruptedException {
    for (AdmissionPlugin plugin : plugins) {
      plugin.validate(request);
    }
  }
}
