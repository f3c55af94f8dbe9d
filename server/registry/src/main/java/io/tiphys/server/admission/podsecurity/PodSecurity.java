package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.rules.Invalid;
import io.tiphys.server.admission.AdmissionNotes;
import io.tiphys.server.admission.AdmissionPlugin;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.Denials;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.admission.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds pods, and what makes pods, against the policy that their namespace's labels name. Checked
 * against pod-security-admission/admission/admission.go and plugin/pkg/admission/security.
 */
public final class PodSecurity implements AdmissionPlugin {
  private static final Set<String> IGNORED_SUBRESOURCES =
      Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

  private final Directory directory;
  private final Evaluator evaluator = Evaluator.standard();
  private final PresentPods presentPods;

  public PodSecurity(Directory directory, Clock clock) {
    this.directory = directory;
    presentPods = new PresentPods(evaluator, clock);
  }

  @Override
  public void validate(AdmissionRequest request) {
    ApiObject object = request.object();
    if (!request.writes() || object == null) {
      return;
    }
    if (object instanceof Namespace namespace) {
      validateNamespace(request, namespace);
    } else if (request.resource().equals(CoreV1.PODS)) {
      validatePod(request, object);
    } else if (request.subresource().isEmpty()) {
      PodTemplates.Template template = PodTemplates.of(object);
      if (template != null) {
        validateTemplate(request, template);
      }
    }
  }

  private void validateNamespace(AdmissionRequest request, Namespace namespace) {
    if (!request.subresource().isEmpty()) {
      return;
    }
    NamespacePolicy policy = NamespacePolicy.of(namespace.metadata().labels());
    NamespacePolicy before =
        request.old() instanceof Namespace old ? NamespacePolicy.of(old.metadata().labels()) : null;
    boolean newlyWrong = before == null || !policy.errors().equals(before.errors());
    if (!policy.errors().isEmpty() && newlyWrong) {
      throw Invalid.failure(namespace.type().gvk(), namespace.name(), policy.errors());
    }
    if (before != null && tightens(before.enforce(), policy.enforce())) {
      List<Pod> pods = directory.list(CoreV1.PODS, namespace.name());
      presentPods.warnings(namespace.name(), pods, policy.enforce()).forEach(request.notes()::warn);
    }
  }

  /** Whether pods that were fit may not be so any more. */
  private static boolean tightens(LevelVersion before, LevelVersion after) {
    boolean relaxes =
        after.version().equals(before.version()) && after.level().compareTo(before.level()) <= 0;
    return after.level() != Level.PRIVILEGED && !relaxes;
  }

  private void validatePod(AdmissionRequest request, ApiObject object) {
    if (IGNORED_SUBRESOURCES.contains(request.subresource()) || !(object instanceof Pod pod)) {
      return;
    }
    NamespacePolicy policy = policy(request);
    if (policy.errors().isEmpty() && policy.fullyPrivileged()) {
      annotate(request.notes(), "enforce-policy", LevelVersion.PRIVILEGED.toString());
      return;
    }
    boolean same =
        request.operation() == Operation.UPDATE
            && request.old() instanceof Pod old
            && !PodTemplates.differs(pod.spec(), old.spec());
    if (!same) {
      evaluate(request, policy, pod.metadata(), pod.spec(), true);
    }
  }

  private void validateTemplate(AdmissionRequest request, PodTemplates.Template template) {
    NamespacePolicy policy = policy(request);
    if (!policy.errors().isEmpty() || !policy.warnsOfNothing()) {
      evaluate(request, policy, template.metadata(), template.spec(), false);
    }
  }

  private NamespacePolicy policy(AdmissionRequest request) {
    Namespace namespace = directory.get(CoreV1.NAMESPACES, "", request.namespace());
    return NamespacePolicy.of(namespace == null ? Map.of() : namespace.metadata().labels());
  }

  /**
   * @param enforces what does not meet the policy is refused, rather than told
   */
  private void evaluate(
      AdmissionRequest request,
      NamespacePolicy policy,
      ObjectMeta metadata,
      PodSpec spec,
      boolean enforces) {
    AdmissionNotes notes = request.notes();
    Candidate pod = Candidate.of(metadata, spec);
    Map<LevelVersion, List<Finding>> known = new HashMap<>();
    if (!policy.errors().isEmpty()) {
      annotate(notes, "error", "Failed to parse policy: " + Invalid.aggregate(policy.errors()));
    }
    String refusal = null;
    if (enforces) {
      annotate(notes, "enforce-policy", policy.enforce().toString());
      refusal = violation("violates", policy.enforce(), pod, known);
    }
    String audited = violation("would violate", policy.audit(), pod, known);
    if (audited != null) {
      annotate(notes, "audit-violations", audited);
    }
    if (refusal != null) {
      throw Denials.forbidden(request, refusal);
    }
    String warned = violation("would violate", policy.warn(), pod, known);
    if (warned != null) {
      notes.warn(warned);
    }
  }

  private @Nullable String violation(
      String verb, LevelVersion wanted, Candidate pod, Map<LevelVersion, List<Finding>> known) {
    List<Finding> findings =
        known.computeIfAbsent(wanted, policy -> evaluator.evaluate(policy, pod));
    return findings.isEmpty()
        ? null
        : "%s PodSecurity \"%s\": %s".formatted(verb, wanted, Finding.details(findings));
  }

  private static void annotate(AdmissionNotes notes, String key, String value) {
    notes.annotate(NamespacePolicy.PREFIX + key, value);
  }
}
