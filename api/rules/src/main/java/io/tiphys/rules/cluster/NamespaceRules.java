package io.tiphys.rules.cluster;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.NamespaceSpec;
import io.tiphys.api.core.v1.NamespaceStatus;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.PartRules;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Checked against pkg/registry/core/namespace/strategy.go and storage/storage.go. */
public final class NamespaceRules extends SpecRules<Namespace, NamespaceSpec, NamespaceStatus> {
  private static final String FINALIZER = "kubernetes";
  private static final NamespaceStatus ACTIVE = NamespaceStatus.builder().phase("Active").build();

  public NamespaceRules() {
    super(
        CoreV1.NAMESPACES,
        new Parts<>(
            Namespace::spec,
            Namespace::status,
            Namespace::withSpec,
            Namespace::withStatus,
            ACTIVE));
  }

  /** A name that the server made is known only now. */
  @Override
  public Namespace canonicalize(Namespace namespace) {
    return defaults(namespace);
  }

  /** A namespace is known by the label of its name. */
  @Override
  public Namespace defaults(Namespace namespace) {
    if (namespace.name().isEmpty()) {
      return namespace;
    }
    Map<String, String> labels = new LinkedHashMap<>(namespace.metadata().labels());
    labels.put("kubernetes.io/metadata.name", namespace.name());
    return namespace.withMetadata(namespace.metadata().withLabels(labels));
  }

  @Override
  public Namespace prepareForCreate(Namespace namespace, WriteContext context) {
    List<String> finalizers = new ArrayList<>(namespace.spec().finalizers());
    if (!finalizers.contains(FINALIZER)) {
      finalizers.add(FINALIZER);
    }
    return namespace.toBuilder()
        .spec(namespace.spec().withFinalizers(finalizers))
        .status(ACTIVE)
        .build();
  }

  @Override
  public Namespace prepareForUpdate(Namespace namespace, Namespace old, WriteContext context) {
    return namespace.toBuilder().spec(old.spec()).status(old.status()).build();
  }

  @Override
  public Map<String, UpdateRules<Namespace>> subresources() {
    return Map.of(
        "status",
        statusRules(),
        "finalize",
        new PartRules<>(
            (namespace, old, _) -> namespace.withStatus(old.status()),
            (namespace, _) -> finalizers(namespace, true),
            resetFields()));
  }

  @Override
  public List<FieldError> validate(Namespace namespace) {
    return finalizers(namespace, false);
  }

  private static List<FieldError> finalizers(Namespace namespace, boolean indexed) {
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("spec", "finalizers");
    for (int i = 0; i < namespace.spec().finalizers().size(); i++) {
      String finalizer = namespace.spec().finalizers().get(i);
      FieldPath at = indexed ? path.index(i) : path;
      checks.each(at, finalizer, Names.qualifiedName(finalizer));
      checks.each(at, finalizer, ObjectMetaRules.finalizerProblems(finalizer));
    }
    return checks.errors();
  }

  @Override
  protected List<FieldError> validateStatus(Namespace namespace, Namespace old) {
    boolean deleted = namespace.metadata().deletionTimestamp() != null;
    String wanted = deleted ? "Terminating" : "Active";
    return namespace.status().phase().equals(wanted)
        ? List.of()
        : List.of(
            FieldError.invalid(
                FieldPath.of("status", "Phase"),
                namespace.status().phase(),
                "may only be '%s' if `deletionTimestamp` is %sempty"
                    .formatted(wanted, deleted ? "not " : "")));
  }

  @Override
  public NameRule nameRule() {
    return NameRule.DNS_LABEL;
  }

  @Override
  public boolean holdsDeletion(Namespace namespace) {
    return !namespace.spec().finalizers().isEmpty();
  }

  @Override
  public Namespace markTerminating(Namespace namespace) {
    return namespace.withStatus(namespace.status().withPhase("Terminating"));
  }

  @Override
  public Map<String, Function<Namespace, String>> selectableFields() {
    return Map.of("status.phase", namespace -> namespace.status().phase());
  }
}
