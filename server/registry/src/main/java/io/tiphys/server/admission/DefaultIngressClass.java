package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.Ingress;
import io.tiphys.api.networking.v1.IngressClass;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Ingresses that name no class get the default one. Checked against
 * plugin/pkg/admission/network/defaultingressclass/admission.go.
 */
final class DefaultIngressClass implements AdmissionPlugin {
  private static final String IS_DEFAULT = "ingressclass.kubernetes.io/is-default-class";
  private static final String CLASS = "kubernetes.io/ingress.class";

  private final Directory directory;

  DefaultIngressClass(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (request.operation() != Operation.CREATE
        || !request.subresource().isEmpty()
        || !(request.object() instanceof Ingress ingress)
        || ingress.spec().ingressClassName() != null
        || ingress.metadata().annotations().containsKey(CLASS)) {
      return request.object();
    }
    IngressClass found = defaultClass();
    return found == null
        ? ingress
        : ingress.withSpec(ingress.spec().withIngressClassName(found.name()));
  }

  /** The newest of the classes marked as default; of equally old ones the first by name. */
  private @Nullable IngressClass defaultClass() {
    return directory.list(NetworkingV1.INGRESSCLASSES, "").stream()
        .filter(each -> "true".equals(each.metadata().annotations().get(IS_DEFAULT)))
        .min(
            Comparator.comparing(DefaultIngressClass::created)
                .reversed()
                .thenComparing(IngressClass::name))
        .orElse(null);
  }

  private static Instant created(IngressClass ingressClass) {
    Instant created = ingressClass.metadata().creationTimestamp();
    return created == null ? Instant.EPOCH : created;
  }
}
