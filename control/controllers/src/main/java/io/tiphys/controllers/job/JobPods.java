package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.controllers.kit.PodControl;
import io.tiphys.controllers.kit.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks of its pods, and gives them. Checked against job_controller.go,
 * indexed_job_utils.go and backoff_utils.go of pkg/controller/job.
 */
final class JobPods {
  static final String FINALIZER = "batch.kubernetes.io/job-tracking";
  static final String INDEX = "batch.kubernetes.io/job-completion-index";
  private static final String INDEX_ENV = "JOB_COMPLETION_INDEX";

  /** As apiserver/pkg/storage/names: 63 less the five letters to come. */
  private static final int MAX_PREFIX = 58;

  static final int UNKNOWN = -1;

  private JobPods() {}

  static boolean isIndexed(Job job) {
    return "Indexed".equals(job.spec().completionMode());
  }

  static boolean isSuspended(Job job) {
    return Boolean.TRUE.equals(job.spec().suspend());
  }

  static int parallelism(Job job) {
    Integer parallelism = job.spec().parallelism();
    return parallelism == null ? 1 : parallelism;
  }

  /** Null when any success will do. */
  static @Nullable Integer completions(Job job) {
    return job.spec().completions();
  }

  static int indexes(Job job) {
    Integer completions = job.spec().completions();
    return completions == null ? 0 : completions;
  }

  static @Nullable JobCondition condition(Job job, String type) {
    for (JobCondition condition : job.status().conditions()) {
      if (condition.type().equals(type) && condition.status().equals("True")) {
        return condition;
      }
    }
    return null;
  }

  static boolean isFinished(Job job) {
    return condition(job, "Complete") != null || condition(job, "Failed") != null;
  }

  static boolean hasFinalizer(Pod pod) {
    return pod.metadata().finalizers().contains(FINALIZER);
  }

  static boolean hasSucceeded(Pod pod) {
    return pod.status().phase().equals("Succeeded");
  }

  /** A pod on its way out counts as failed, unless only what has failed is to be replaced. */
  static boolean hasFailed(Job job, Pod pod) {
    return pod.status().phase().equals("Failed")
        || (!replacesOnlyFailed(job)
            && pod.metadata().deletionTimestamp() != null
            && !hasSucceeded(pod));
  }

  static boolean replacesOnlyFailed(Job job) {
    JobSpec spec = job.spec();
    return "Failed".equals(spec.podReplacementPolicy()) || spec.podFailurePolicy() != null;
  }

  static int index(Pod pod) {
    String index = pod.metadata().annotations().get(INDEX);
    try {
      int value = index == null ? UNKNOWN : Integer.parseInt(index);
      return value < 0 ? UNKNOWN : value;
    } catch (NumberFormatException _) {
      return UNKNOWN;
    }
  }

  /** Whether it has one of the job's indexes, if the job has any. */
  static boolean hasValidIndex(Job job, Pod pod) {
    int index = index(pod);
    return !isIndexed(job) || (index != UNKNOWN && index < indexes(job));
  }

  /**
   * A pod to be created, with an index or {@link #UNKNOWN}.
   *
   * @param replaced the failed pod of that index, where failures are counted for each
   */
  static Pod newPod(Job job, int index, @Nullable Pod replaced) {
    Pod pod = PodControl.fromTemplate(job.spec().template(), job);
    ObjectMeta meta = pod.metadata();
    List<String> finalizers = new ArrayList<>(meta.finalizers());
    if (!finalizers.contains(FINALIZER)) {
      finalizers.add(FINALIZER);
    }
    ObjectMeta.Builder built = meta.toBuilder().finalizers(finalizers);
    PodSpec spec = pod.spec();
    if (index != UNKNOWN) {
      String suffix = "-" + index + "-";
      String name = job.name();
      int room = MAX_PREFIX - suffix.length();
      built
          .generateName(name.substring(0, Math.min(name.length(), room)) + suffix)
          .labels(with(meta.labels(), index))
          .annotations(annotations(job, index, meta.annotations(), replaced));
      spec =
          spec.withHostname(job.name() + "-" + index)
              .withInitContainers(withIndex(spec.initContainers()))
              .withContainers(withIndex(spec.containers()));
    }
    return pod.withMetadata(built.build()).withSpec(spec);
  }

  private static Map<String, String> annotations(
      Job job, int index, Map<String, String> before, @Nullable Pod replaced) {
    Map<String, String> annotations = with(before, index);
    if (PerIndex.applies(job)) {
      annotations.putAll(PerIndex.counts(job, replaced));
    }
    return annotations;
  }

  private static Map<String, String> with(Map<String, String> before, int index) {
    Map<String, String> after = new LinkedHashMap<>(before);
    after.put(INDEX, String.valueOf(index));
    return after;
  }

  private static List<Container> withIndex(List<Container> containers) {
    return containers.stream().map(JobPods::withIndex).toList();
  }

  private static Container withIndex(Container container) {
    if (container.env().stream().anyMatch(variable -> variable.name().equals(INDEX_ENV))) {
      return container;
    }
    List<EnvVar> env = new ArrayList<>(container.env());
    env.add(
        EnvVar.EMPTY
            .withName(INDEX_ENV)
            .withValueFrom(
                EnvVarSource.EMPTY.withFieldRef(
                    ObjectFieldSelector.EMPTY.withFieldPath("metadata.labels['" + INDEX + "']"))));
    return container.withEnv(env);
  }

  /** When the pod ended: its last container, else as near as can be told. */
  static Instant finishedAt(Pod pod, Instant now) {
    Instant last = null;
    boolean allEnded = true;
    for (ContainerStatus container : pod.status().containerStatuses()) {
      var terminated = container.state().terminated();
      Instant at = terminated == null ? null : terminated.finishedAt();
      allEnded &= at != null;
      last = at != null && (last == null || at.isAfter(last)) ? at : last;
    }
    if (allEnded && last != null) {
      return last;
    }
    PodCondition ready = Pods.condition(pod, "Ready");
    if (ready != null && ready.status().equals("False") && ready.lastTransitionTime() != null) {
      return ready.lastTransitionTime();
    }
    Instant deleted = pod.metadata().deletionTimestamp();
    if (deleted != null) {
      Long grace = pod.metadata().deletionGracePeriodSeconds();
      return deleted.minus(Duration.ofSeconds(grace == null ? 0 : grace));
    }
    Instant created = pod.metadata().creationTimestamp();
    return created == null ? now : created;
  }
}
