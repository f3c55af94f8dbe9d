package io.tiphys.controllers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.controllers.kit.Hollow;
import io.tiphys.controllers.kit.World;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aJobIsCompleteWhenEnoughPodsSucceeded() throws InterruptedException {
    Job done = run(spec -> spec.completions(5).parallelism(2), pod -> ended(pod, "Succeeded"));
    assertThat(types(done)).containsExactly("SuccessCriteriaMet", "Complete");
    assertThat(done.status().conditions())
        .allSatisfy(c -> assertThat(c.reason()).isEqualTo("CompletionsReached"));
    assertThat(done.status().succeeded()).isEqualTo(5);
    assertThat(done.status().active()).isZero();
    assertThat(done.status().completionTime()).isNotNull();
    assertThat(world.source.all(CoreV1.PODS))
        .hasSize(5)
        .allSatisfy(pod -> assertThat(pod.metadata().finalizers()).isEmpty());
    world.awaitThat(() -> events().contains("Completed Job completed"));
  }

  @Test
  void eachIndexSucceedsOnce() throws InterruptedException {
    Job done =
        run(
            spec -> spec.completions(3).parallelism(3).completionMode("Indexed"),
            pod -> ended(pod, "Succeeded"));
    assertThat(done.status().completedIndexes()).isEqualTo("0-2");
    assertThat(world.source.all(CoreV1.PODS))
        .extracting(pod -> pod.spec().hostname())
        .containsExactlyInAnyOrder("work-0", "work-1", "work-2");
    Pod pod = world.source.all(CoreV1.PODS).getFirst();
    assertThat(pod.metadata().annotations())
        .containsKey("batch.kubernetes.io/job-completion-index");
    assertThat(pod.spec().containers().getFirst().env())
        .singleElement()
        .hasFieldOrPropertyWithValue("name", "JOB_COMPLETION_INDEX");
  }

  @Test
  void indexesFailOnTheirOwn() throws InterruptedException {
    Instant start = world.clock.now();
    Job done =
        run(
            spec ->
                spec.completions(2)
                    .parallelism(2)
                    .completionMode("Indexed")
                    .backoffLimit(Integer.MAX_VALUE)
                    .backoffLimitPerIndex(1),
            pod -> ended(pod, JobPods.index(pod) == 0 ? "Succeeded" : "Failed"));
    assertThat(types(done)).containsExactly("FailureTarget", "Failed");
    assertThat(done.status().conditions().getLast().reason()).isEqualTo("FailedIndexes");
    assertThat(done.status().conditions().getLast().message()).isEqualTo("Job has failed indexes");
    assertThat(done.status().completedIndexes()).isEqualTo("0");
    assertThat(done.status().failedIndexes()).isEqualTo("1");
    assertThat(done.status().failed()).isEqualTo(2);
    assertThat(world.source.all(CoreV1.PODS))
        .extracting(pod -> pod.metadata().annotations().get(PerIndex.COUNT))
        .containsExactlyInAnyOrder("0", "0", "1");
    assertThat(world.clock.now()).isAfterOrEqualTo(start.plusSeconds(10));
  }

  @Test
  void tooManyFailedIndexesEndTheJob() throws InterruptedException {
    Job done =
        run(
            spec ->
                spec.completions(10)
                    .parallelism(1)
                    .completionMode("Indexed")
                    .backoffLimit(Integer.MAX_VALUE)
                    .backoffLimitPerIndex(0)
                    .maxFailedIndexes(1),
            pod -> ended(pod, "Failed"));
    assertThat(done.status().conditions().getLast().reason()).isEqualTo("MaxFailedIndexesExceeded");
    assertThat(done.status().failedIndexes()).isEqualTo("0,1");
  }

  @Test
  void failuresAreRepeatedLaterEachTimeUpToTheLimit() throws InterruptedException {
    Instant start = world.clock.now();
    Job done =
        run(
            spec -> spec.completions(1).parallelism(1).backoffLimit(2),
            pod -> ended(pod, "Failed"));
    assertThat(types(done)).containsExactly("FailureTarget", "Failed");
    assertThat(done.status().conditions().getLast().message())
        .isEqualTo("Job has reached the specified backoff limit");
    assertThat(done.status().failed()).isEqualTo(3);
    // 10 s after the first failure, 20 s after the second.
    assertThat(world.clock.now()).isAfterOrEqualTo(start.plusSeconds(30));
    world.awaitThat(
        () ->
            events().contains("BackoffLimitExceeded Job has reached the specified backoff limit"));
  }

  @Test
  void aSuccessAfterFailuresIsEnough() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    Job done =
        run(
            spec -> spec.completions(1).parallelism(1).backoffLimit(6),
            pod -> ended(pod, runs.incrementAndGet() < 3 ? "Failed" : "Succeeded"));
    assertThat(types(done)).contains("Complete");
    assertThat(done.status().failed()).isEqualTo(2);
    assertThat(done.status().succeeded()).isEqualTo(1);
  }

  @Test
  void aJobThatTakesTooLongLosesItsPods() throws InterruptedException {
    Job done =
        run(
            spec -> spec.completions(1).parallelism(1).activeDeadlineSeconds(5L),
            pod -> Hollow.ready(world, pod));
    assertThat(done.status().conditions().getLast().reason()).isEqualTo("DeadlineExceeded");
    assertThat(done.status().failed()).isEqualTo(1);
    assertThat(world.source.all(CoreV1.PODS)).isEmpty();
  }

  @Test
  void aSuspendedJobHasNoPodsAndStartsAnewWhenResumed() throws InterruptedException {
    world.source.put(BatchV1.JOBS, job(spec -> spec.completions(1).suspend(true)));
    try (Hollow _ = Hollow.of(world, pod -> ended(pod, "Succeeded"))) {
      world.open(JobController::open);
      Job suspended = await(job -> types(job).contains("Suspended"));
      assertThat(suspended.status().startTime()).isNull();
      assertThat(world.source.all(CoreV1.PODS)).isEmpty();
      world.source.update(BatchV1.JOBS, suspended.withSpec(suspended.spec().withSuspend(false)));
      Job done = await(JobPods::isFinished);
      assertThat(done.status().conditions().getFirst().status()).isEqualTo("False");
      assertThat(done.status().conditions().getFirst().reason()).isEqualTo("JobResumed");
    }
  }

  @Test
  void aFinishedJobIsDeletedWhenItsTimeIsOver() throws InterruptedException {
    world.source.put(BatchV1.JOBS, job(spec -> spec.completions(1).ttlSecondsAfterFinished(60)));
    try (Hollow _ = Hollow.of(world, pod -> ended(pod, "Succeeded"))) {
      world.open(JobController::open);
      await(JobPods::isFinished);
      Job going = await(job -> job.metadata().deletionTimestamp() != null);
      assertThat(going.metadata().finalizers()).contains("foregroundDeletion");
    }
  }

  @Test
  void podsOfADeletedJobAreLetGo() throws InterruptedException {
    Job job = world.source.put(BatchV1.JOBS, job(spec -> spec.completions(1)));
    try (Hollow _ = Hollow.running(world)) {
      world.open(JobController::open);
      await(now -> now.status().active() == 1);
      Pod pod = world.source.all(CoreV1.PODS).getFirst();
      assertThat(pod.metadata().finalizers()).containsExactly(JobPods.FINALIZER);
      world.source.delete(
          BatchV1.JOBS, "ns", job.name(), io.tiphys.api.meta.v1.DeleteOptions.EMPTY);
      world.await(CoreV1.PODS, "ns", pod.name(), now -> now.metadata().finalizers().isEmpty());
    }
  }

  private Job run(UnaryOperator<JobSpec.Builder> spec, UnaryOperator<Pod> starts)
      throws InterruptedException {
    world.source.put(BatchV1.JOBS, job(spec));
    try (Hollow _ = Hollow.of(world, starts)) {
      world.open(JobController::open);
      return await(JobPods::isFinished);
    }
  }

  private Job await(java.util.function.Predicate<Job> wished) throws InterruptedException {
    return world.await(BatchV1.JOBS, "ns", "work", wished);
  }

  private Pod ended(Pod pod, String phase) {
    Pod ran = Hollow.ready(world, pod);
    return ran.withStatus(
        ran.status()
            .withPhase(phase)
            .withConditions(
                ran.status().conditions().stream().map(c -> c.withStatus("False")).toList()));
  }

  private static List<String> types(Job job) {
    return job.status().conditions().stream()
        .filter(condition -> condition.status().equals("True"))
        .map(JobCondition::type)
        .toList();
  }

  private List<String> events() {
    return world.source.all(CoreV1.EVENTS).stream()
        .map(event -> event.reason() + " " + event.message())
        .toList();
  }

  static Job job(UnaryOperator<JobSpec.Builder> spec) {
    return Job.builder()
        .metadata(World.meta("ns", "work").withGeneration(1))
        .spec(
            spec.apply(
                    JobSpec.builder()
                        .template(
                            PodTemplateSpec.EMPTY.withSpec(
                                World.template("a").spec().withRestartPolicy("Never"))))
                .build())
        .build();
  }
}
