package io.tiphys.server.apiserver;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.authentication.TokenSubjects;
import io.tiphys.server.authorization.RbacObjects;
import io.tiphys.server.authorization.RbacSource;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.proxy.ProxyObjects;
import io.tiphys.server.streams.PodDirectory;
import org.jspecify.annotations.Nullable;

/** What other parts of the server must know of the objects, from the cache. */
record LiveSubjects(Directory directory, WatchCache cache)
    implements TokenSubjects, RbacSource, PodDirectory, ProxyObjects {

  @Override
  public @Nullable Subject find(Kind kind, String namespace, String name) {
    ApiObject found =
        switch (kind) {
          case SERVICE_ACCOUNT -> directory.get(CoreV1.SERVICEACCOUNTS, namespace, name);
          case POD -> directory.get(CoreV1.PODS, namespace, name);
          case SECRET -> directory.get(CoreV1.SECRETS, namespace, name);
          case NODE -> directory.get(CoreV1.NODES, "", name);
        };
    if (found == null) {
      return null;
    }
    ObjectMeta meta = found.metadata();
    return found instanceof Pod pod
        ? new Subject(
            name,
            meta.uid(),
            meta.deletionTimestamp(),
            pod.spec().serviceAccountName(),
            pod.spec().nodeName())
        : new Subject(name, meta.uid(), meta.deletionTimestamp(), "", "");
  }

  @Override
  public void awaitCurrent() throws InterruptedException {
    cache.awaitCurrent();
  }

  @Override
  public RbacObjects current() {
    return new RbacObjects(
        directory.list(RbacV1.CLUSTERROLES, ""),
        directory.list(RbacV1.ROLES, ""),
        directory.list(RbacV1.CLUSTERROLEBINDINGS, ""),
        directory.list(RbacV1.ROLEBINDINGS, ""));
  }

  @Override
  public Lifecycle onChange(Runnable action) {
    Closer subscriptions = new Closer();
    subscriptions.add(cache.of(RbacV1.CLUSTERROLES).onChange(action));
    subscriptions.add(cache.of(RbacV1.ROLES).onChange(action));
    subscriptions.add(cache.of(RbacV1.CLUSTERROLEBINDINGS).onChange(action));
    subscriptions.add(cache.of(RbacV1.ROLEBINDINGS).onChange(action));
    return subscriptions;
  }

  @Override
  public Pod pod(String namespace, String name) {
    return found(CoreV1.PODS, namespace, name);
  }

  @Override
  public Service service(String namespace, String name) {
    return found(CoreV1.SERVICES, namespace, name);
  }

  @Override
  public Endpoints endpoints(String namespace, String name) {
    return found(CoreV1.ENDPOINTS, namespace, name);
  }

  @Override
  public Node node(String name) {
    return found(CoreV1.NODES, "", name);
  }

  private <T extends ApiObject> T found(Resource<T> resource, String namespace, String name) {
    T found = directory.get(resource, namespace, name);
    if (found == null) {
      throw ApiFailure.notFound(resource, name);
    }
    return found;
  }
}
