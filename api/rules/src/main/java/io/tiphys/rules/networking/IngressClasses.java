package io.tiphys.rules.networking;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.IngressClass;
import io.tiphys.api.networking.v1.IngressClassParametersReference;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.PlainRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Classes of ingresses; checked against pkg/registry/networking/ingressclass/strategy.go and
 * validateIngressClassSpec in pkg/apis/networking/validation.
 */
public final class IngressClasses {
  /** Upstream's maxLenIngressClassController. */
  private static final int MAX_CONTROLLER = 250;

  private static final List<String> SCOPES = List.of("Cluster", "Namespace");

  private IngressClasses() {}

  public static PlainRules<IngressClass> rules() {
    return new PlainRules<>(NetworkingV1.INGRESSCLASSES)
        .defaulting(IngressClasses::withDefaults)
        .counting(IngressClass::spec)
        .checkingWithOld(IngressClasses::check);
  }

  private static IngressClass withDefaults(IngressClass type) {
    IngressClassParametersReference parameters = type.spec().parameters();
    return parameters == null || parameters.scope() != null
        ? type
        : type.withSpec(type.spec().withParameters(parameters.withScope("Cluster")));
  }

  private static List<FieldError> check(IngressClass type, @Nullable IngressClass old) {
    FieldPath path = FieldPath.of("spec");
    FieldPath controller = path.child("controller");
    String name = type.spec().controller();
    List<FieldError> changes = new ArrayList<>();
    if (old != null) {
      ObjectMetaRules.immutable(changes, controller, name, old.spec().controller());
    }
    Checks checks = new Checks();
    checks.addAll(changes);
    if (name.length() > MAX_CONTROLLER) {
      checks.add(FieldError.tooLong(controller, MAX_CONTROLLER));
    }
    checks.domainPrefixedPath(controller, name);
    if (type.spec().parameters() != null) {
      parameters(type.spec().parameters(), path.child("parameters"), checks);
    }
    return checks.errors();
  }

  private static void parameters(
      IngressClassParametersReference parameters, FieldPath path, Checks checks) {
    References.group(parameters.apiGroup(), path, checks);
    References.segment(parameters.kind(), path.child("kind"), checks);
    References.segment(parameters.name(), path.child("name"), checks);
    FieldPath at = path.child("namespace");
    String namespace = parameters.namespace();
    switch (parameters.scope()) {
      case null -> checks.required(path.child("scope"));
      case "Namespace" -> {
        if (namespace == null) {
          checks.required(at, "`parameters.scope` is set to 'Namespace'");
        } else {
          checks.each(at, namespace, Names.dns1123Label(namespace));
        }
      }
      case "Cluster" -> {
        if (namespace != null) {
          checks.forbidden(at, "`parameters.scope` is set to 'Cluster'");
        }
      }
      default -> checks.supported(path.child("scope"), parameters.scope(), SCOPES);
    }
  }
}
