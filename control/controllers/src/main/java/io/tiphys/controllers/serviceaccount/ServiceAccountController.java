package io.tiphys.controllers.serviceaccount;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Result;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in every active namespace the service account {@code default} and the ConfigMap {@code
 * kube-root-ca.crt}. Checked against pkg/controller/serviceaccount/serviceaccounts_controller.go
 * and pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
public final class ServiceAccountController {
  private static final String ACCOUNT = "default";
  private static final String CERTIFICATE = "kube-root-ca.crt";
  private static final String DESCRIPTION = "kubernetes.io/description";
  private static final String DESCRIBED =
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal"
          + " endpoints such as the internal service IP or kubernetes.default.svc. No other usage"
          + " is guaranteed across distributions of Kubernetes clusters.";

  /** Many namespaces made at once must not make pods wait for their accounts. */
  private static final int WORKERS = 5;

  private final ControllerContext context;
  private final Map<String, String> data;
  private final Informer<Namespace> namespaces;
  private final Informer<ServiceAccount> accounts;
  private final Informer<ConfigMap> configMaps;

  private ServiceAccountController(
      ControllerContext context, String caPem, ControllerRunner runner) {
    this.context = context;
    data = Map.of("ca.crt", caPem);
    namespaces = runner.reads(CoreV1.NAMESPACES);
    accounts = runner.reads(CoreV1.SERVICEACCOUNTS);
    configMaps = runner.reads(CoreV1.CONFIGMAPS);
  }

  /**
   * @param caPem what pods verify the API's certificate with
   */
  public static Lifecycle open(ControllerContext context, String caPem) {
    ControllerRunner runner = new ControllerRunner("service account controller", context);
    ServiceAccountController self = new ServiceAccountController(context, caPem, runner);
    Controller<String> controller =
        runner.holds(
            new Controller<>(
                "serviceaccount", WORKERS, context.clock(), context.loops(), self::reconcile));
    self.namespaces.addHandler(Handler.of(namespace -> controller.enqueue(namespace.name())));
    self.accounts.addHandler(of(Set.of(ACCOUNT), controller));
    self.configMaps.addHandler(of(Set.of(CERTIFICATE), controller));
    return runner.begin(controller::start);
  }

  private static <T extends ApiObject> Handler<T> of(
      Set<String> names, Controller<String> controller) {
    return Handler.of(
        object -> {
          if (names.contains(object.name())) {
            controller.enqueue(object.namespace());
          }
        });
  }

  private Result reconcile(String name) {
    Namespace namespace = namespaces.get("", name);
    if (namespace == null
        || namespace.status().phase().equals("Terminating")
        || namespace.metadata().deletionTimestamp() != null) {
      return Result.done();
    }
    if (accounts.get(name, ACCOUNT) == null) {
      create(
          CoreV1.SERVICEACCOUNTS,
          ServiceAccount.EMPTY.withMetadata(
              ObjectMeta.builder().name(ACCOUNT).namespace(name).build()));
    }
    ConfigMap present = configMaps.get(name, CERTIFICATE);
    ConfigMap wanted = certificate(present, name, data);
    if (present == null) {
      create(CoreV1.CONFIGMAPS, wanted);
    } else if (!wanted.equals(present)) {
      context.source().update(CoreV1.CONFIGMAPS, wanted);
    }
    return Result.done();
  }

  /** What the ConfigMap should be: the one there, with our data. */
  static ConfigMap certificate(
      @Nullable ConfigMap present, String namespace, Map<String, String> data) {
    ObjectMeta meta =
        present == null
            ? ObjectMeta.builder().name(CERTIFICATE).namespace(namespace).build()
            : present.metadata();
    String description = meta.annotations().getOrDefault(DESCRIPTION, "");
    if (description.isEmpty()) {
      Map<String, String> annotations = new LinkedHashMap<>(meta.annotations());
      annotations.put(DESCRIPTION, DESCRIBED);
      meta = meta.withAnnotations(annotations);
    }
    ConfigMap base = present == null ? ConfigMap.EMPTY : present;
    return base.toBuilder().metadata(meta).data(data).build();
  }

  private <T extends ApiObject> void create(Resource<T> resource, T object) {
    try {
      context.source().create(resource, object);
    } catch (ApiFailure e) {
      boolean ended = e.hasCause("NamespaceTerminating") || e.isNotFound();
      if (!e.isAlreadyExists() && !ended) {
        throw e;
      }
    }
  }
}
