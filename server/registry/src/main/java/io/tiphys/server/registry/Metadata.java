package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** The parts of metadata that are the server's. Checked against apiserver/pkg/registry/rest. */
final class Metadata {
  private Metadata() {}

  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  static <T extends ApiObject> T with(T object, ObjectMeta metadata) {
    return (T) object.withMetadata(metadata);
  }

  /** A new object's metadata without what only the server may say. */
  static ObjectMeta wiped(ObjectMeta metadata) {
    return metadata.toBuilder()
        .creationTimestamp(null)
        .uid("")
        .deletionTimestamp(null)
        .deletionGracePeriodSeconds(null)
        .selfLink("")
        .resourceVersion(metadata.resourceVersion().equals("0") ? "" : metadata.resourceVersion())
        .build();
  }

  static ObjectMeta born(ObjectMeta metadata, Instant now, RandomGenerator random) {
    return metadata.toBuilder()
        .creationTimestamp(now.truncatedTo(ChronoUnit.SECONDS))
        .uid(uid(random).toString())
        .build();
  }

  private static UUID uid(RandomGenerator random) {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(0xC000_0000_0000_0000L)) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** The metadata in the namespace of the request, which it must not contradict. */
  static ObjectMeta inNamespace(ObjectMeta metadata, Resource<?> resource, String namespace) {
    String expected = resource.namespaced() ? namespace : "";
    if (metadata.namespace().equals(expected)) {
      return metadata;
    }
    if (metadata.namespace().isEmpty() || expected.isEmpty()) {
      return metadata.withNamespace(expected);
    }
    throw ApiFailure.badRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  }

  /** The metadata of an update with what an update cannot change. */
  static ObjectMeta kept(ObjectMeta metadata, ObjectMeta old) {
    ObjectMeta.Builder kept = metadata.toBuilder();
    if (metadata.uid().isEmpty()) {
      kept.uid(old.uid());
    }
    if (old.creationTimestamp() != null) {
      kept.creationTimestamp(old.creationTimestamp());
    }
    if (old.deletionTimestamp() != null) {
      kept.deletionTimestamp(old.deletionTimestamp());
    }
    if (metadata.deletionGracePeriodSeconds() == null) {
      kept.deletionGracePeriodSeconds(old.deletionGracePeriodSeconds());
    }
    return kept.build();
  }

  /** The metadata with each owner once; equal uid, kind, name and version make a duplicate. */
  static ObjectMeta distinctOwners(ObjectMeta metadata, Warnings warnings) {
    List<OwnerReference> owners = metadata.ownerReferences();
    if (owners.size() < 2) {
      return metadata;
    }
    Set<OwnerReference> seen = new HashSet<>();
    List<OwnerReference> distinct = new ArrayList<>();
    List<String> duplicates = new ArrayList<>();
    for (OwnerReference owner : owners) {
      if (seen.add(owner)) {
        distinct.add(owner);
      } else {
        duplicates.add(owner.uid());
      }
    }
    if (duplicates.isEmpty()) {
      return metadata;
    }
    warnings.add(
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner references"
            + " in 1.20+, and may reject such requests as early as 1.24; please fix your"
            + " requests; duplicate UID(s) observed: "
            + String.join(", ", duplicates));
    return metadata.withOwnerReferences(distinct);
  }
}
