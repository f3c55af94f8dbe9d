package io.tiphys.controllers.garbage;

import io.tiphys.api.meta.v1.OwnerReference;

/**
 * Where an object is, as far as it is known: an owner nobody has seen yet is known only by what a
 * dependent says of it.
 *
 * @param namespace empty for cluster-scoped objects
 */
record Identity(String apiVersion, String kind, String namespace, String name, String uid) {
  static Identity of(OwnerReference reference, String namespace) {
    return new Identity(
        reference.apiVersion(), reference.kind(), namespace, reference.name(), reference.uid());
  }

  /** Whether a reference from {@code namespace} means just this. */
  boolean isMeantBy(OwnerReference reference, String fromNamespace) {
    return reference.uid().equals(uid)
        && reference.apiVersion().equals(apiVersion)
        && reference.kind().equals(kind)
        && reference.name().equals(name)
        && (namespace.isEmpty() || namespace.equals(fromNamespace));
  }

  @Override
  public String toString() {
    return "[%s/%s, namespace: %s, name: %s, uid: %s]"
        .formatted(apiVersion, kind, namespace, name, uid);
  }
}
