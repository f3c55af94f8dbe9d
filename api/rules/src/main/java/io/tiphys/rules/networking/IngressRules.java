package io.tiphys.rules.networking;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.Ingress;
import io.tiphys.api.networking.v1.IngressSpec;
import io.tiphys.api.networking.v1.IngressStatus;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.warnings.NetworkWarnings;
import io.tiphys.rules.warnings.Warned;
import java.util.List;
import java.util.Map;

/** Ingresses; checked against pkg/registry/networking/ingress/strategy.go. */
public final class IngressRules extends SpecRules<Ingress, IngressSpec, IngressStatus> {
  public IngressRules() {
    super(
        NetworkingV1.INGRESSES,
        new Parts<>(
            Ingress::spec,
            Ingress::status,
            Ingress::withSpec,
            Ingress::withStatus,
            IngressStatus.EMPTY));
  }

  @Override
  public List<FieldError> validate(Ingress ingress) {
    return IngressValidation.onCreate(ingress);
  }

  @Override
  public List<FieldError> validateUpdate(Ingress ingress, Ingress old) {
    return IngressValidation.of(ingress.spec());
  }

  @Override
  public List<String> warningsOnCreate(Ingress ingress) {
    return NetworkWarnings.of(ingress);
  }

  @Override
  public Map<String, UpdateRules<Ingress>> subresources() {
    return Map.of("status", new Warned<>(statusRules(), NetworkWarnings::ofStatus));
  }

  @Override
  protected List<FieldError> validateStatus(Ingress ingress, Ingress old) {
    return IngressValidation.ofStatus(ingress.status(), old.status());
  }
}
