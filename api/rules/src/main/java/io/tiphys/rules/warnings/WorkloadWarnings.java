package io.tiphys.rules.warnings;

import io.tiphys.api.ApiObject;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.batch.v1.CronJob;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.core.v1.PodTemplate;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What makes pods; checked against the strategies below pkg/registry and pkg/api/job. */
public final class WorkloadWarnings {
  /** Upstream's completionsSoftLimit: beyond it the failed indexes may not fit in the status. */
  private static final int MANY_COMPLETIONS = 100_000;

  /** Upstream's parallelismSoftLimitForUnlimitedCompletions. */
  private static final int MUCH_PARALLELISM = 10_000;

  private static final FieldPath TEMPLATE = FieldPath.of("spec", "template");
  private static final String POD_NAMES = "Pod names and hostnames";

  private WorkloadWarnings() {}

  /** Of a new object whose name becomes a part of its pods' names. */
  public static List<String> onCreate(ApiObject object, @Nullable PodTemplateSpec template) {
    return new Remarks()
        .label(object.name(), POD_NAMES)
        .addAll(PodWarnings.of(template, TEMPLATE))
        .list();
  }

  /** Of an object whose wish may have changed. */
  public static List<String> onUpdate(
      ApiObject object, ApiObject old, @Nullable PodTemplateSpec template) {
    return changed(object, old) ? PodWarnings.of(template, TEMPLATE) : List.of();
  }

  /** Whether the wish has another generation than before. */
  public static boolean changed(ApiObject object, ApiObject old) {
    return object.metadata().generation() != old.metadata().generation();
  }

  /** Claims and history of a set, new or not. */
  public static List<String> ofSet(StatefulSetSpec spec, boolean update) {
    Remarks out = new Remarks();
    for (int i = 0; i < spec.volumeClaimTemplates().size(); i++) {
      FieldPath at = FieldPath.of("spec", "volumeClaimTemplates").index(i);
      // Upstream's spelling differs between the two.
      FieldPath path = update ? at.child("Spec") : at;
      out.addAll(StorageWarnings.of(spec.volumeClaimTemplates().get(i).spec(), path));
    }
    Integer history = spec.revisionHistoryLimit();
    if (history != null && history < 0) {
      out.add(
          "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >="
              + " 0 is recommended");
    }
    return out.list();
  }

  /** Of a new job, or of a schedule of jobs. */
  public static List<String> onCreate(ApiObject object, JobSpec spec, FieldPath path) {
    return new Remarks().label(object.name(), POD_NAMES).addAll(of(spec, path)).list();
  }

  public static List<String> of(JobSpec spec, FieldPath path) {
    Remarks out = new Remarks();
    Integer completions = spec.completions();
    Integer parallelism = spec.parallelism();
    if ("Indexed".equals(spec.completionMode())
        && completions != null
        && completions > MANY_COMPLETIONS
        && parallelism != null
        && parallelism > MUCH_PARALLELISM) {
      out.add(
          path,
          "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher"
              + " than 10^4, Kubernetes might not be able to track completedIndexes when a big"
              + " number of indexes fail");
    }
    return out.addAll(PodWarnings.of(spec.template(), path.child("template"))).list();
  }

  /** Of a schedule that was there before. */
  public static List<String> ofSchedule(CronJob job, CronJob old) {
    Remarks out = new Remarks();
    if (changed(job, old)) {
      JobSpec made = job.spec().jobTemplate().spec();
      out.addAll(of(made, FieldPath.of("spec", "jobTemplate", "spec")));
    }
    if (job.spec().schedule().contains("TZ")) {
      out.add(
          "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
              + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more"
              + " details");
    }
    return out.list();
  }

  public static List<String> of(PodTemplate template) {
    return PodWarnings.of(template.template(), FieldPath.of("template"));
  }

  public static List<String> onUpdate(PodTemplate template, PodTemplate old) {
    return changed(template, old) ? of(template) : List.of();
  }
}
