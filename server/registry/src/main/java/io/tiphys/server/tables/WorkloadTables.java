package io.tiphys.server.tables;

import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1alpha1.PetSet;
import io.tiphys.api.batch.v1.CronJob;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodTemplate;
import io.tiphys.api.core.v1.ReplicationController;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.codec.Json;
import io.tiphys.meta.GroupVersionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The rows of what keeps pods running. */
final class WorkloadTables {
  /** The conditions that give a job its status, the weightiest first. */
  private static final List<String> JOB_ENDS = List.of("Complete", "Failed");

  private static final List<String> JOB_STATES =
      List.of("Suspended", "FailureTarget", "SuccessCriteriaMet");

  private WorkloadTables() {}

  static List<Json> deployment(Deployment deployment, Instant now) {
    List<Container> containers = deployment.spec().template().spec().containers();
    return Cells.row(
        deployment.name(),
        deployment.status().readyReplicas() + "/" + Cells.orZero(deployment.spec().replicas()),
        deployment.status().updatedReplicas(),
        deployment.status().availableReplicas(),
        Cells.age(deployment, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.bareSelector(deployment.spec().selector()));
  }

  static List<Json> podTemplate(PodTemplate template) {
    List<Container> containers = template.template().spec().containers();
    return Cells.row(
        template.name(),
        Cells.names(containers),
        Cells.images(containers),
        Cells.labels(template.template().metadata().labels()));
  }

  static List<Json> replicaSet(ReplicaSet set, Instant now) {
    List<Container> containers = set.spec().template().spec().containers();
    return Cells.row(
        set.name(),
        Cells.orZero(set.spec().replicas()),
        set.status().replicas(),
        set.status().readyReplicas(),
        Cells.age(set, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.selector(set.spec().selector()));
  }

  static List<Json> replicationController(ReplicationController controller, Instant now) {
    List<Container> containers =
        controller.spec().template() == null
            ? List.of()
            : controller.spec().template().spec().containers();
    return Cells.row(
        controller.name(),
        Cells.orZero(controller.spec().replicas()),
        controller.status().replicas(),
        controller.status().readyReplicas(),
        Cells.age(controller, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.labels(controller.spec().selector()));
  }

  static List<Json> statefulSet(StatefulSet set, Instant now) {
    List<Container> containers = set.spec().template().spec().containers();
    return Cells.row(
        set.name(),
        set.status().readyReplicas() + "/" + Cells.orZero(set.spec().replicas()),
        Cells.age(set, now),
        Cells.names(containers),
        Cells.images(containers));
  }

  /** The columns of 1.3; see printPetSet of that time. */
  static List<Json> petSet(PetSet set, Instant now) {
    List<Container> containers = set.spec().template().spec().containers();
    return Cells.row(
        set.name(),
        Cells.orZero(set.spec().replicas()),
        set.status().replicas(),
        Cells.age(set, now),
        Cells.names(containers),
        Cells.images(containers));
  }

  static List<Json> daemonSet(DaemonSet set, Instant now) {
    List<Container> containers = set.spec().template().spec().containers();
    return Cells.row(
        set.name(),
        set.status().desiredNumberScheduled(),
        set.status().currentNumberScheduled(),
        set.status().numberReady(),
        set.status().updatedNumberScheduled(),
        set.status().numberAvailable(),
        Cells.labels(set.spec().template().spec().nodeSelector()),
        Cells.age(set, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.selector(set.spec().selector()));
  }

  static List<Json> job(Job job, Instant now) {
    List<Container> containers = job.spec().template().spec().containers();
    return Cells.row(
        job.name(),
        jobStatus(job),
        completions(job),
        jobDuration(job.status(), now),
        Cells.age(job, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.selector(job.spec().selector()));
  }

  private static String completions(Job job) {
    if (job.spec().completions() != null) {
      return job.status().succeeded() + "/" + job.spec().completions();
    }
    int parallelism = Cells.orZero(job.spec().parallelism());
    return parallelism > 1
        ? "%d/1 of %d".formatted(job.status().succeeded(), parallelism)
        : job.status().succeeded() + "/1";
  }

  private static String jobDuration(JobStatus status, Instant now) {
    if (status.startTime() == null) {
      return "";
    }
    Instant end = status.completionTime() == null ? now : status.completionTime();
    return Cells.duration(Duration.between(status.startTime(), end));
  }

  private static String jobStatus(Job job) {
    for (String type : JOB_ENDS) {
      if (hasCondition(job, type)) {
        return type;
      }
    }
    if (job.metadata().deletionTimestamp() != null) {
      return "Terminating";
    }
    for (String type : JOB_STATES) {
      if (hasCondition(job, type)) {
        return type;
      }
    }
    return "Running";
  }

  private static boolean hasCondition(Job job, String type) {
    return job.status().conditions().stream()
        .anyMatch(c -> c.type().equals(type) && c.status().equals("True"));
  }

  static List<Json> cronJob(CronJob job, Instant now) {
    List<Container> containers = job.spec().jobTemplate().spec().template().spec().containers();
    Instant last = job.status().lastScheduleTime();
    Boolean suspended = job.spec().suspend();
    return Cells.row(
        job.name(),
        job.spec().schedule(),
        job.spec().timeZone() == null ? Cells.NONE : job.spec().timeZone(),
        suspended == null ? Cells.UNSET : suspended ? "True" : "False",
        job.status().active().size(),
        last == null ? Cells.NONE : Cells.since(last, now),
        Cells.age(job, now),
        Cells.names(containers),
        Cells.images(containers),
        Cells.selector(job.spec().jobTemplate().spec().selector()));
  }

  static List<Json> revision(ControllerRevision revision, Instant now) {
    String controller = Cells.NONE;
    for (OwnerReference owner : revision.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        String group = GroupVersionKind.of(owner.apiVersion(), owner.kind()).group();
        String kind = group.isEmpty() ? owner.kind() : owner.kind() + "." + group;
        controller = kind.toLowerCase(Locale.ROOT) + "/" + owner.name();
      }
    }
    return Cells.row(revision.name(), controller, revision.revision(), Cells.age(revision, now));
  }
}
