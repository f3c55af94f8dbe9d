package io.tiphys.controllers.volumes;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.meta.Quantity;
import io.tiphys.meta.selector.Selector;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which volume fits which claim. Checked against component-helpers/storage/volume/pv_helpers.go and
 * pkg/controller/volume/persistentvolume/index.go.
 */
final class Matching {
  private static final String CLASS = "volume.beta.kubernetes.io/storage-class";
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
  private static final String BETA_DEFAULT_CLASS =
      "storageclass.beta.kubernetes.io/is-default-class";

  private Matching() {}

  static String classOf(PersistentVolumeClaim claim) {
    String annotated = claim.metadata().annotations().get(CLASS);
    String named = claim.spec().storageClassName();
    return annotated != null ? annotated : named == null ? "" : named;
  }

  /** Whether the claim leaves the class to the cluster; an empty name does not. */
  static boolean wantsDefaultClass(PersistentVolumeClaim claim) {
    return claim.spec().storageClassName() == null
        && !claim.metadata().annotations().containsKey(CLASS);
  }

  private static String classOf(PersistentVolume volume) {
    return volume.metadata().annotations().getOrDefault(CLASS, volume.spec().storageClassName());
  }

  /** The default class; of several the newest. */
  static @Nullable StorageClass defaultClass(Collection<StorageClass> classes) {
    return classes.stream()
        .filter(Matching::isDefault)
        .max(
            Comparator.comparing(
                    (StorageClass known) ->
                        Objects.requireNonNullElse(
                            known.metadata().creationTimestamp(), Instant.EPOCH))
                .thenComparing(Comparator.comparing(StorageClass::name).reversed()))
        .orElse(null);
  }

  private static boolean isDefault(StorageClass known) {
    Map<String, String> annotations = known.metadata().annotations();
    return "true".equals(annotations.get(DEFAULT_CLASS))
        || "true".equals(annotations.get(BETA_DEFAULT_CLASS));
  }

  /** Whether the volume is bound to the claim or kept for it by name. */
  static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference reference = volume.spec().claimRef();
    return reference != null
        && reference.name().equals(claim.name())
        && reference.namespace().equals(claim.namespace())
        && (reference.uid().isEmpty() || reference.uid().equals(claim.metadata().uid()));
  }

  static boolean modesDiffer(PersistentVolume volume, PersistentVolumeClaim claim) {
    return !mode(volume.spec().volumeMode()).equals(mode(claim.spec().volumeMode()));
  }

  private static String mode(@Nullable String mode) {
    return mode == null || mode.isEmpty() ? "Filesystem" : mode;
  }

  /** Why the volume will not do, or null if it will. */
  static @Nullable String misfit(PersistentVolume volume, PersistentVolumeClaim claim) {
    if (volume.metadata().deletionTimestamp() != null) {
      return "the volume is marked for deletion \"" + volume.name() + "\"";
    }
    if (size(volume).compareTo(wanted(claim)) < 0) {
      return "requested PV is too small";
    }
    if (!classOf(volume).equals(classOf(claim))) {
      return "storageClassName does not match";
    }
    if (!text(volume.spec().volumeAttributesClassName())
        .equals(text(claim.spec().volumeAttributesClassName()))) {
      return "volumeAttributesClassName does not match";
    }
    if (modesDiffer(volume, claim)) {
      return "incompatible volumeMode";
    }
    if (!volume.spec().accessModes().containsAll(claim.spec().accessModes())) {
      return "incompatible accessMode";
    }
    return null;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static Quantity size(PersistentVolume volume) {
    return volume.spec().capacity().getOrDefault("storage", Quantity.ZERO);
  }

  static Quantity wanted(PersistentVolumeClaim claim) {
    return claim.spec().resources().requests().getOrDefault("storage", Quantity.ZERO);
  }

  /**
   * The volume kept for the claim, or of those free the one with the fewest access modes and of
   * these the smallest.
   *
   * @param delayed the scheduler will choose among the free ones
   */
  static @Nullable PersistentVolume best(
      Collection<PersistentVolume> volumes, PersistentVolumeClaim claim, boolean delayed) {
    Selector selector =
        claim.spec().selector() == null
            ? Selector.EVERYTHING
            : LabelSelectors.of(claim.spec().selector());
    PersistentVolume best = null;
    for (PersistentVolume volume : volumes) {
      if (misfit(volume, claim) != null) {
        continue;
      }
      if (isFor(volume, claim)) {
        return volume;
      }
      boolean free =
          !delayed
              && volume.spec().claimRef() == null
              && volume.status().phase().equals("Available")
              && selector.matches(volume.metadata().labels());
      if (free && (best == null || ORDER.compare(volume, best) < 0)) {
        best = volume;
      }
    }
    return best;
  }

  private static final Comparator<PersistentVolume> ORDER =
      Comparator.comparingInt((PersistentVolume volume) -> volume.spec().accessModes().size())
          .thenComparing(Matching::size)
          .thenComparing(PersistentVolume::name);
}
