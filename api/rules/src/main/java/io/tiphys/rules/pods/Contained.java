package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.core.v1.VolumeDevice;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What containers of every sort have in common.
 *
 * @param path where the container is
 */
record Contained(
    String name,
    @Nullable SecurityContext security,
    List<EnvVar> env,
    List<VolumeDevice> devices,
    FieldPath path) {

  /** All containers of a pod, in upstream's order: see VisitContainersWithPath. */
  static List<Contained> all(PodSpec spec, FieldPath path) {
    List<Contained> all = new ArrayList<>();
    for (int i = 0; i < spec.initContainers().size(); i++) {
      var c = spec.initContainers().get(i);
      FieldPath at = path.child("initContainers").index(i);
      all.add(new Contained(c.name(), c.securityContext(), c.env(), c.volumeDevices(), at));
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      var c = spec.containers().get(i);
      FieldPath at = path.child("containers").index(i);
      all.add(new Contained(c.name(), c.securityContext(), c.env(), c.volumeDevices(), at));
    }
    for (int i = 0; i < spec.ephemeralContainers().size(); i++) {
      var c = spec.ephemeralContainers().get(i);
      FieldPath at = path.child("ephemeralContainers").index(i);
      all.add(new Contained(c.name(), c.securityContext(), c.env(), c.volumeDevices(), at));
    }
    return all;
  }
}
