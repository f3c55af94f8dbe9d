package io.tiphys.controllers.job;

import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.controllers.kit.PodControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The pods of a job: how they are made and which index they have. Pure. */
final class JobPods {
  /** Holds a finished pod until it is counted. */
  static final String TRACKING = "batch.kubernetes.io/job-tracking";

  private static final String INDEX = "batch.kubernetes.io/job-completion-index";
  private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";

  private JobPods() {}

  static boolean isIndexed(Job job) {
    return "Indexed".equals(job.spec().completionMode());
  }

  static int index(Pod pod) {
    String text = pod.metadata().annotations().getOrDefault(INDEX, "-1");
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** {@code 0-2,5} as the indexes it stands for. */
  static Set<Integer> indexes(String ranges) {
    Set<Integer> all = new TreeSet<>();
    for (String range : ranges.split(",")) {
      String[] ends = range.split("-");
      if (!ends[0].isEmpty()) {
        int last = Integer.parseInt(ends[ends.length - 1]);
        for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
          all.add(i);
        }
      }
    }
    return all;
  }

  /** The reverse of {@link #indexes}. */
  static String ranges(Set<Integer> indexes) {
    List<String> ranges = new ArrayList<>();
    List<Integer> sorted = List.copyOf(new TreeSet<>(indexes));
    int first = 0;
    for (int i = 0; i < sorted.size(); i++) {
      boolean ends = i + 1 == sorted.size() || sorted.get(i + 1) != sorted.get(i) + 1;
      if (ends) {
        ranges.add(range(sorted.get(first), sorted.get(i)));
        first = i + 1;
      }
    }
    return String.join(",", ranges);
  }

  private static String range(int first, int last) {
    return first == last ? String.valueOf(first) : first + (last == first + 1 ? "," : "-") + last;
  }

  /**
   * @param index -1 for a job without indexes
   */
  static Pod pod(Job job, int index) {
    Pod made = PodControl.fromTemplate(job.spec().template(), job);
    ObjectMeta meta = made.metadata();
    List<String> finalizers = new ArrayList<>(meta.finalizers());
    finalizers.add(TRACKING);
    Pod tracked = made.withMetadata(meta.withFinalizers(finalizers));
    return index < 0 ? tracked : indexed(job, tracked, index);
  }

  private static Pod indexed(Job job, Pod pod, int index) {
    Map<String, String> labels = new LinkedHashMap<>(pod.metadata().labels());
    labels.put(INDEX, String.valueOf(index));
    Map<String, String> annotations = new LinkedHashMap<>(pod.metadata().annotations());
    annotations.put(INDEX, String.valueOf(index));
    String base = job.name() + "-" + index;
    return pod.toBuilder()
        .metadata(
            pod.metadata().toBuilder()
                .generateName(base + "-")
                .labels(labels)
                .annotations(annotations)
                .build())
        .spec(
            pod.spec().toBuilder()
                .hostname(base)
                .containers(pod.spec().containers().stream().map(JobPods::told).toList())
                .initContainers(pod.spec().initContainers().stream().map(JobPods::told).toList())
                .build())
        .build();
  }

  private static Container told(Container container) {
    List<EnvVar> env = new ArrayList<>(container.env());
    if (env.stream().noneMatch(variable -> variable.name().equals(INDEX_VARIABLE))) {
      env.add(
          EnvVar.builder()
              .name(INDEX_VARIABLE)
              .valueFrom(
                  EnvVarSource.builder()
                      .fieldRef(
                          ObjectFieldSelector.builder()
                              .fieldPath("metadata.labels['" + INDEX + "']")
                              .build())
                      .build())
              .build());
    }
    return container.withEnv(env);
  }
}
