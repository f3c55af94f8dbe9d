package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.Condition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.policy.v1.Eviction;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.registry.Action.Answered;
import io.tiphys.server.registry.UpdateOrder.Part;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is done to pods through subresources that are no part of them: they are bound to a node, and
 * evicted if their disruption budget allows it. Checked against
 * pkg/registry/core/pod/storage/{storage,eviction}.go.
 */
final class PodActions {
  static final String BINDING = "binding";
  static final String EVICTION = "eviction";

  private static final String DISRUPTION_BUDGET = "DisruptionBudget";

  /** Upstream's MaxDisruptedPodSize: a controller that does not keep up must not be outrun. */
  private static final int MAX_DISRUPTED_PODS = 2000;

  private static final int RETRY_SECONDS = 10;

  /** Upstream's EvictionsRetry: how often a pod that keeps changing is judged again. */
  private static final int MAX_ATTEMPTS = 20;

  private final Verbs verbs;
  private final Served<Pod, ?> pods;
  private final Served<PodDisruptionBudget, ?> budgets;

  PodActions(Verbs verbs, ResourceTable table) {
    this.verbs = verbs;
    pods = table.of(CoreV1.PODS);
    budgets = table.of(PolicyV1.PODDISRUPTIONBUDGETS);
  }

  /** All of them, as what is created. */
  List<Action<?>> actions() {
    return List.of(binding(CoreV1.PODS, BINDING), binding(CoreV1.BINDINGS, ""), eviction());
  }

  private Action<Binding> binding(Resource<?> resource, String subresource) {
    return new Action<>(
        resource,
        subresource,
        Binding.TYPE,
        UnaryOperator.identity(),
        true,
        false,
        PodActions::check,
        (call, asker, binding) -> {
          bind(call, asker.namespace(), binding);
          return Answered.DONE;
        });
  }

  private Action<Eviction> eviction() {
    return new Action<>(
        CoreV1.PODS,
        EVICTION,
        Eviction.TYPE,
        UnaryOperator.identity(),
        false,
        false,
        (asker, eviction) -> {
          if (!asker.name().equals(eviction.name())) {
            throw ApiFailure.badRequest("name in URL does not match name in Eviction object");
          }
        },
        (call, asker, eviction) -> {
          evict(call, asker.namespace(), asker.name(), eviction);
          return Answered.DONE;
        });
  }

  /**
   * Upstream's ValidatePodBinding.
   *
   * @param asker names no pod where only the binding itself does
   */
  private static void check(Asker asker, Binding binding) {
    if (!asker.name().isEmpty() && !asker.name().equals(binding.name())) {
      throw ApiFailure.badRequest("name in URL does not match name in Binding object");
    }
    String kind = binding.target().kind();
    if (!kind.isEmpty() && !kind.equals("Node")) {
      throw Failures.unforeseen(
          "target.kind: Unsupported value: \""
              + kind
              + "\": supported values: \"Node\", \"<empty>\"");
    }
    if (binding.target().name().isEmpty()) {
      throw Failures.unforeseen("target.name: Required value");
    }
  }

  /** Binds a pod to the node that a scheduler chose. */
  private void bind(Call call, String namespace, Binding binding) throws InterruptedException {
    String name = binding.name();
    UpdateOrder.Change<Pod> change =
        pod -> {
          if (pod == null) {
            throw pods.notFound(name);
          }
          return new Decoded<>(bound(pod, binding));
        };
    verbs.update(
        pods,
        call,
        new UpdateOrder<>(
            namespace, name, Part.ofServer(BINDING), change, false, binding.metadata().uid()));
  }

  private Pod bound(Pod pod, Binding binding) {
    String problem = null;
    if (pod.metadata().deletionTimestamp() != null) {
      problem = "pod " + pod.name() + " is being deleted, cannot be assigned to a host";
    } else if (!pod.spec().nodeName().isEmpty()) {
      problem =
          "pod " + pod.name() + " is already assigned to node \"" + pod.spec().nodeName() + "\"";
    } else if (!pod.spec().schedulingGates().isEmpty()) {
      problem = "pod " + pod.name() + " has non-empty .spec.schedulingGates";
    }
    if (problem != null) {
      throw ApiFailure.conflict("pods/binding", pod.name(), problem);
    }
    ObjectMeta meta = pod.metadata();
    String seen = binding.metadata().resourceVersion();
    PodCondition scheduled = PodCondition.builder().type("PodScheduled").status("True").build();
    return pod.toBuilder()
        .metadata(
            meta.toBuilder()
                .annotations(merged(meta.annotations(), binding.metadata().annotations()))
                .labels(merged(meta.labels(), binding.metadata().labels()))
                .resourceVersion(seen.isEmpty() ? meta.resourceVersion() : seen)
                .build())
        .spec(pod.spec().withNodeName(binding.target().name()))
        .status(with(pod.status().withNominatedNodeName(""), scheduled))
        .build();
  }

  private static Map<String, String> merged(
      Map<String, String> present, Map<String, String> added) {
    if (added.isEmpty()) {
      return present;
    }
    Map<String, String> merged = new LinkedHashMap<>(present);
    merged.putAll(added);
    return merged;
  }

  /** The status with the condition in place of the one of its type. */
  private PodStatus with(PodStatus status, PodCondition condition) {
    Instant now = now();
    List<PodCondition> conditions = new ArrayList<>();
    boolean found = false;
    for (PodCondition present : status.conditions()) {
      if (present.type().equals(condition.type())) {
        found = true;
        boolean same = present.status().equals(condition.status());
        conditions.add(condition.withLastTransitionTime(same ? present.lastTransitionTime() : now));
      } else {
        conditions.add(present);
      }
    }
    if (!found) {
      conditions.add(condition.withLastTransitionTime(now));
    }
    return status.withConditions(conditions);
  }

  private Instant now() {
    return verbs.context().clock().now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Deletes a pod unless its budget forbids it. */
  private void evict(Call call, String namespace, String name, Eviction eviction)
      throws InterruptedException {
    DeleteOptions options =
        Objects.requireNonNullElse(eviction.deleteOptions(), DeleteOptions.EMPTY);
    Call evicting = options.dryRun().isEmpty() ? call : call.dry();
    Pod pod = deletedUnprotected(evicting, namespace, name, options);
    if (pod == null) {
      return;
    }
    PodDisruptionBudget budget = budgetOf(pod);
    if (budget == null) {
      delete(evicting, pod, options);
      return;
    }
    if (!isReady(pod) && mayGoUnready(budget)) {
      deleteUnchanged(evicting, pod, options, budget.name());
      return;
    }
    spend(evicting, budget, name);
    delete(evicting, pod, options);
  }

  /**
   * Deletes a pod that no budget protects. One that may yet become ready must still be as it was
   * judged; if it is not, it is judged again. Checked against canIgnorePDB and
   * shouldEnforceResourceVersion in pkg/registry/core/pod/storage/eviction.go.
   *
   * @return the pod if budgets do protect it, else null
   */
  private @Nullable Pod deletedUnprotected(
      Call call, String namespace, String name, DeleteOptions options) throws InterruptedException {
    boolean versionGiven = versionOf(options) != null;
    for (int attempt = 1; ; attempt++) {
      Pod pod = verbs.get(pods, namespace, name, "").record();
      boolean ended = hasEnded(pod);
      if (!ended && !pod.status().phase().equals("Pending")) {
        return pod;
      }
      try {
        delete(call, pod, ended || versionGiven ? options : unchanged(options, pod));
        return null;
      } catch (ApiFailure failure) {
        if (!failure.isConflict() || versionGiven || attempt == MAX_ATTEMPTS) {
          throw failure;
        }
      }
    }
  }

  private static boolean hasEnded(Pod pod) {
    String phase = pod.status().phase();
    return phase.equals("Succeeded")
        || phase.equals("Failed")
        || pod.metadata().deletionTimestamp() != null;
  }

  private static @Nullable String versionOf(DeleteOptions options) {
    Preconditions given = options.preconditions();
    return given == null ? null : given.resourceVersion();
  }

  /** The options with the condition that the pod is still the version that was judged. */
  private static DeleteOptions unchanged(DeleteOptions options, Pod pod) {
    return options.withPreconditions(
        Objects.requireNonNullElse(options.preconditions(), Preconditions.EMPTY)
            .withResourceVersion(pod.metadata().resourceVersion()));
  }

  private static boolean isReady(Pod pod) {
    return pod.status().conditions().stream()
        .anyMatch(c -> c.type().equals("Ready") && c.status().equals("True"));
  }

  private static boolean mayGoUnready(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    return "AlwaysAllow".equals(budget.spec().unhealthyPodEvictionPolicy())
        || (status.currentHealthy() >= status.desiredHealthy() && status.desiredHealthy() > 0);
  }

  private @Nullable PodDisruptionBudget budgetOf(Pod pod) throws InterruptedException {
    List<PodDisruptionBudget> found = new ArrayList<>();
    for (Cached<PodDisruptionBudget> budget : verbs.all(budgets, pod.namespace())) {
      if (LabelSelectors.of(budget.record().spec().selector()).matches(pod.metadata().labels())) {
        found.add(budget.record());
      }
    }
    if (found.size() > 1) {
      throw Failures.unforeseen(
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does"
              + " not support.");
    }
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Takes one disruption from the budget, or refuses. */
  private void spend(Call call, PodDisruptionBudget budget, String pod)
      throws InterruptedException {
    UpdateOrder.Change<PodDisruptionBudget> change =
        present -> {
          if (present == null) {
            throw budgets.notFound(budget.name());
          }
          checkBudget(present);
          PodDisruptionBudgetStatus status = present.status();
          Map<String, Instant> disrupted = new HashMap<>(status.disruptedPods());
          disrupted.put(pod, now());
          return new Decoded<>(
              present.withStatus(
                  status.toBuilder()
                      .disruptionsAllowed(status.disruptionsAllowed() - 1)
                      .disruptedPods(disrupted)
                      .build()));
        };
    verbs.update(
        budgets,
        call,
        new UpdateOrder<>(
            budget.namespace(), budget.name(), Part.ofServer(EVICTION), change, false, ""));
  }

  private static void checkBudget(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    if (status.observedGeneration() < budget.metadata().generation()) {
      throw tooMany(
          RETRY_SECONDS,
          "The disruption budget " + budget.name() + " is still being processed by the server.");
    }
    String forbidden = null;
    if (status.disruptionsAllowed() < 0) {
      forbidden = "pdb disruptions allowed is negative";
    } else if (status.disruptedPods().size() > MAX_DISRUPTED_PODS) {
      forbidden = "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
    }
    if (forbidden != null) {
      throw ApiFailure.forbidden("poddisruptionbudget.policy", budget.name(), forbidden);
    }
    if (status.disruptionsAllowed() == 0) {
      throw tooMany(0, whyNot(budget));
    }
  }

  private static String whyNot(PodDisruptionBudget budget) {
    PodDisruptionBudgetStatus status = budget.status();
    Condition refusal = null;
    for (Condition condition : status.conditions()) {
      boolean refuses =
          condition.type().equals("DisruptionAllowed")
              && condition.status().equals("False")
              && !condition.message().isEmpty();
      refusal = refuses ? condition : refusal;
    }
    String start = "The disruption budget " + budget.name();
    String cannot = start + " does not allow evicting pods currently";
    if (refusal != null && refusal.reason().equals("SyncFailed")) {
      return cannot + " because it failed sync: " + refusal.message();
    }
    if (status.currentHealthy() <= status.desiredHealthy()) {
      return start
          + " needs "
          + status.desiredHealthy()
          + " healthy pods and has "
          + status.currentHealthy()
          + " currently";
    }
    return refusal == null ? cannot : cannot + " (" + refusal.reason() + "): " + refusal.message();
  }

  private static ApiFailure tooMany(int retrySeconds, String why) {
    return ApiFailure.tooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retrySeconds)
        .withCause(StatusCause.builder().reason(DISRUPTION_BUDGET).message(why).build());
  }

  /** Deletes the pod if it is still as it was when it was judged. */
  private void deleteUnchanged(Call call, Pod pod, DeleteOptions options, String budget)
      throws InterruptedException {
    boolean versionGiven = versionOf(options) != null;
    try {
      delete(call, pod, versionGiven ? options : unchanged(options, pod));
    } catch (ApiFailure failure) {
      if (failure.isConflict() && !versionGiven) {
        throw tooMany(
            RETRY_SECONDS,
            "The disruption budget " + budget + " is still being processed by the server.");
      }
      throw failure;
    }
  }

  private void delete(Call call, Pod pod, DeleteOptions options) throws InterruptedException {
    Preconditions given = Objects.requireNonNullElse(options.preconditions(), Preconditions.EMPTY);
    String version = given.resourceVersion();
    UpdateOrder.Change<Pod> change =
        present -> {
          if (present == null) {
            throw pods.notFound(pod.name());
          }
          Deletes.unmet(present, options)
              .ifPresent(
                  why -> {
                    // Upstream names the kind here, not the resource.
                    throw ApiFailure.conflict("Pod", pod.name(), why);
                  });
          return new Decoded<>(present.withStatus(with(present.status(), EVICTED)));
        };
    Cached<Pod> marked =
        verbs
            .update(
                pods,
                call,
                new UpdateOrder<>(
                    pod.namespace(), pod.name(), Part.ofServer(EVICTION), change, false, ""))
            .object();
    boolean follow = version != null && !call.dryRun();
    Preconditions exact =
        follow ? given.withResourceVersion(Long.toString(marked.revision())) : given;
    verbs.deleteAdmitted(pods, call, pod.namespace(), pod.name(), options.withPreconditions(exact));
  }

  private static final PodCondition EVICTED =
      PodCondition.builder()
          .type("DisruptionTarget")
          .status("True")
          .reason("EvictionByEvictionAPI")
          .message("Eviction API: evicting")
          .build();
}
