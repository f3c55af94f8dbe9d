package io.tiphys.rules.cluster;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.ResourceQuotaSpec;
import io.tiphys.api.core.v1.ResourceQuotaStatus;
import io.tiphys.api.core.v1.ScopeSelector;
import io.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ResourceNames;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.warnings.ClusterWarnings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Quotas, which have no generation; checked against ValidateResourceQuota and its updates. */
public final class QuotaRules
    extends SpecRules<ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");

  /** What pods count for, and what they use. */
  private static final Set<String> OF_PODS =
      Set.of(
          "pods",
          "cpu",
          "memory",
          "limits.cpu",
          "limits.memory",
          "requests.cpu",
          "requests.memory");

  /** The resources that quotas with a scope may limit. */
  private static final Map<String, Set<String>> SCOPES =
      Map.of(
          "Terminating", OF_PODS,
          "NotTerminating", OF_PODS,
          "NotBestEffort", OF_PODS,
          "PriorityClass", OF_PODS,
          "CrossNamespacePodAffinity", OF_PODS,
          "BestEffort", Set.of("pods"),
          "VolumeAttributesClass", Set.of("persistentvolumeclaims", "requests.storage"));

  /** Scopes that a quota has or has not, without values. */
  private static final Set<String> PLAIN_SCOPES =
      Set.of(
          "BestEffort",
          "NotBestEffort",
          "Terminating",
          "NotTerminating",
          "CrossNamespacePodAffinity");

  public QuotaRules() {
    super(
        CoreV1.RESOURCEQUOTAS,
        new Parts<>(
            ResourceQuota::spec,
            ResourceQuota::status,
            ResourceQuota::withSpec,
            ResourceQuota::withStatus,
            ResourceQuotaStatus.EMPTY));
  }

  @Override
  public ResourceQuota prepareForCreate(ResourceQuota quota, WriteContext context) {
    return quota.withStatus(ResourceQuotaStatus.EMPTY);
  }

  @Override
  public ResourceQuota prepareForUpdate(
      ResourceQuota quota, ResourceQuota old, WriteContext context) {
    return quota.withStatus(old.status());
  }

  @Override
  public List<String> warningsOnCreate(ResourceQuota quota) {
    return ClusterWarnings.onCreate(quota);
  }

  @Override
  public List<FieldError> validate(ResourceQuota quota) {
    Checks checks = new Checks();
    ResourceQuotaSpec spec = quota.spec();
    amounts(checks, spec.hard(), SPEC.child("hard"));
    scopes(checks, spec);
    if (spec.scopeSelector() != null) {
      selector(checks, spec, spec.scopeSelector());
    }
    return checks.errors();
  }

  private static void amounts(Checks checks, Map<String, Quantity> amounts, FieldPath path) {
    amounts.forEach(
        (name, amount) -> {
          ResourceNames.ofQuota(checks, name, path.key(name));
          ResourceNames.amount(checks, name, amount, path.key(name));
        });
  }

  private static void scopes(Checks checks, ResourceQuotaSpec spec) {
    FieldPath path = SPEC.child("scopes");
    for (String scope : spec.scopes()) {
      if (!SCOPES.containsKey(scope)) {
        checks.invalid(path, spec.scopes(), "unsupported scope");
      }
      unfit(spec, scope)
          .forEach(
              _ -> checks.invalid(path, spec.scopes(), "unsupported scope applied to resource"));
    }
    conflicts(checks, spec, Set.copyOf(spec.scopes()), path);
  }

  /** The resources of a quota that a scope says nothing of. */
  private static List<String> unfit(ResourceQuotaSpec spec, String scope) {
    Set<String> fit = SCOPES.get(scope);
    return fit == null
        ? List.of()
        : new TreeSet<>(spec.hard().keySet())
            .stream()
                .filter(name -> ResourceNames.isOfQuotas(name) && !fit.contains(name))
                .toList();
  }

  private static void conflicts(
      Checks checks, ResourceQuotaSpec spec, Set<String> scopes, FieldPath path) {
    for (List<String> pair :
        List.of(List.of("BestEffort", "NotBestEffort"), List.of("Terminating", "NotTerminating"))) {
      if (scopes.containsAll(pair)) {
        // Of a selector's scopes too upstream shows the plain ones, of which there may be none.
        checks.invalid(path, spec.scopes().isEmpty() ? null : spec.scopes(), "conflicting scopes");
      }
    }
  }

  private static void selector(Checks checks, ResourceQuotaSpec spec, ScopeSelector selector) {
    FieldPath path = SPEC.child("scopeSelector", "matchExpressions");
    Set<String> scopes = new HashSet<>();
    for (ScopedResourceSelectorRequirement requirement : selector.matchExpressions()) {
      String scope = requirement.scopeName();
      scopes.add(scope);
      if (!SCOPES.containsKey(scope)) {
        checks.invalid(path.child("scopeName"), scope, "unsupported scope");
      }
      unfit(spec, scope)
          .forEach(
              _ ->
                  checks.invalid(
                      path,
                      GoStructs.show("core.ScopeSelector", selector::write),
                      "unsupported scope applied to resource"));
      if (PLAIN_SCOPES.contains(scope) && !requirement.operator().equals("Exists")) {
        checks.invalid(
            path.child("operator"),
            requirement.operator(),
            "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
                + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
                + " ResourceQuotaScopeNotBestEffort or"
                + " ResourceQuotaScopeCrossNamespacePodAffinity");
      }
      values(checks, requirement, path);
    }
    conflicts(checks, spec, scopes, path);
  }

  private static void values(
      Checks checks, ScopedResourceSelectorRequirement requirement, FieldPath path) {
    switch (requirement.operator()) {
      case "In", "NotIn" -> {
        if (requirement.values().isEmpty()) {
          checks.required(
              path.child("values"),
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!requirement.values().isEmpty()) {
          checks.invalid(
              path.child("values"),
              requirement.values(),
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
        }
      }
      default ->
          checks.invalid(
              path.child("operator"), requirement.operator(), "not a valid selector operator");
    }
  }

  @Override
  public List<FieldError> validateUpdate(ResourceQuota quota, ResourceQuota old) {
    List<FieldError> errors = validate(quota);
    if (!Set.copyOf(quota.spec().scopes()).equals(Set.copyOf(old.spec().scopes()))) {
      errors.add(
          FieldError.invalid(SPEC.child("scopes"), quota.spec().scopes(), "field is immutable"));
    }
    return errors;
  }

  @Override
  protected List<FieldError> validateStatus(ResourceQuota quota, ResourceQuota old) {
    Checks checks = new Checks();
    amounts(checks, quota.status().hard(), STATUS.child("hard"));
    amounts(checks, quota.status().used(), STATUS.child("used"));
    return checks.errors();
  }
}
