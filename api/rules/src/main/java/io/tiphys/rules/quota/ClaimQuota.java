package io.tiphys.rules.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import io.tiphys.meta.Quantity;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How claims count, all together and by their storage class. Checked against
 * pkg/quota/v1/evaluator/core/persistent_volume_claims.go.
 */
record ClaimQuota() implements QuotaEvaluator {
  private static final String COUNT = "count/persistentvolumeclaims";
  private static final String CLAIMS = "persistentvolumeclaims";
  private static final String STORAGE = "requests.storage";
  private static final String OF_CLASS = ".storageclass.storage.k8s.io/";
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  @Override
  public Set<String> matching(Collection<String> names) {
    Set<String> matching = new TreeSet<>();
    for (String name : names) {
      boolean known =
          name.equals(COUNT)
              || name.equals(CLAIMS)
              || name.equals(STORAGE)
              || name.endsWith(OF_CLASS + CLAIMS)
              || name.endsWith(OF_CLASS + STORAGE);
      if (known) {
        matching.add(name);
      }
    }
    return matching;
  }

  @Override
  public boolean isIn(ScopedResourceSelectorRequirement scope, ApiObject object) {
    if (!scope.scopeName().equals("VolumeAttributesClass")) {
      return false;
    }
    Set<String> classes = attributesClasses((PersistentVolumeClaim) object);
    if (scope.operator().equals("Exists")) {
      return !classes.isEmpty();
    }
    return classes.isEmpty()
        ? Scopes.selects(scope, null)
        : classes.stream().anyMatch(name -> Scopes.selects(scope, name));
  }

  @Override
  public boolean countsAlike(ApiObject before, ApiObject after) {
    return attributesClasses((PersistentVolumeClaim) before)
        .equals(attributesClasses((PersistentVolumeClaim) after));
  }

  /** The classes that a claim has, wants, or is moving to. */
  private static Set<String> attributesClasses(PersistentVolumeClaim claim) {
    Set<String> classes = new TreeSet<>();
    addNamed(classes, claim.spec().volumeAttributesClassName());
    addNamed(classes, claim.status().currentVolumeAttributesClassName());
    if (claim.status().modifyVolumeStatus() != null) {
      addNamed(classes, claim.status().modifyVolumeStatus().targetVolumeAttributesClassName());
    }
    return classes;
  }

  private static void addNamed(Set<String> classes, @Nullable String name) {
    if (name != null && !name.isEmpty()) {
      classes.add(name);
    }
  }

  @Override
  public Map<String, Quantity> usage(ApiObject object, Instant now) {
    PersistentVolumeClaim claim = (PersistentVolumeClaim) object;
    String beta = claim.metadata().annotations().get(BETA_CLASS);
    String named =
        beta != null ? beta : Objects.requireNonNullElse(claim.spec().storageClassName(), "");
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(COUNT, Quantity.of(1));
    charge(usage, named, CLAIMS, Quantity.of(1));
    Quantity storage = storage(claim);
    if (storage != null) {
      charge(usage, named, STORAGE, storage);
    }
    return usage;
  }

  private static void charge(
      Map<String, Quantity> usage, String className, String name, Quantity amount) {
    usage.put(name, amount);
    if (!className.isEmpty()) {
      usage.put(className + OF_CLASS + name, amount);
    }
  }

  /** Whole bytes of what is asked for, or of what is allocated if that is more. */
  private static @Nullable Quantity storage(PersistentVolumeClaim claim) {
    Quantity asked = claim.spec().resources().requests().get("storage");
    if (asked == null) {
      return null;
    }
    Quantity allocated = claim.status().allocatedResources().get("storage");
    Quantity most = allocated != null && allocated.compareTo(asked) > 0 ? allocated : asked;
    return most.isWhole()
        ? most
        : Quantity.of(most.amount().setScale(0, RoundingMode.CEILING), most.format());
  }
}
