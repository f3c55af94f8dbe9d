package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A volume is bound once, to one claim, and a claim to one volume; and claims stay when their pets
 * go: nobody here deletes one but with its namespace.
 */
final class VolumeLaw implements Commits.Observer {
  private final Violations violations;

  /** The claims that have a volume, by its name. */
  private final Map<String, String> claims = new HashMap<>();

  private final Set<String> ending = new HashSet<>();

  VolumeLaw(Violations violations) {
    this.violations = violations;
  }

  @Override
  public Set<Resource<?>> looksAt() {
    return Set.of(CoreV1.PERSISTENTVOLUMES, CoreV1.PERSISTENTVOLUMECLAIMS, CoreV1.NAMESPACES);
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    switch (after == null ? before : after) {
      case Namespace namespace when after == null -> ending.remove(namespace.name());
      case Namespace namespace when namespace.metadata().deletionTimestamp() != null ->
          ending.add(namespace.name());
      case PersistentVolume volume when after != null && before instanceof PersistentVolume old ->
          checkVolume(old, volume);
      case PersistentVolumeClaim claim ->
          checkClaim(
              before instanceof PersistentVolumeClaim old ? old : null, claim, after == null);
      case null, default -> {}
    }
  }

  private void checkVolume(PersistentVolume before, PersistentVolume after) {
    String earlier = owner(before.spec().claimRef());
    String now = owner(after.spec().claimRef());
    if (!earlier.isEmpty() && !now.isEmpty() && !earlier.equals(now)) {
      violations.add("volume %s went from claim %s to %s".formatted(after.name(), earlier, now));
    }
  }

  private static String owner(@Nullable ObjectReference claim) {
    return claim == null ? "" : claim.uid();
  }

  private void checkClaim(
      @Nullable PersistentVolumeClaim before, PersistentVolumeClaim claim, boolean gone) {
    String name = claim.namespace() + "/" + claim.name();
    String volume = claim.spec().volumeName();
    boolean leaves = gone || claim.metadata().deletionTimestamp() != null;
    if (leaves && !ending.contains(claim.namespace())) {
      violations.add("claim " + name + " is deleted, and nobody wished that");
    }
    if (before != null
        && !before.spec().volumeName().isEmpty()
        && !before.spec().volumeName().equals(volume)) {
      violations.add(
          "claim %s went from volume %s to %s".formatted(name, before.spec().volumeName(), volume));
    }
    if (volume.isEmpty()) {
      return;
    }
    if (gone) {
      claims.remove(volume, claim.metadata().uid());
      return;
    }
    String other = claims.put(volume, claim.metadata().uid());
    if (other != null && !other.equals(claim.metadata().uid())) {
      violations.add("volume %s has two claims, one of them %s".formatted(volume, name));
    }
  }
}
