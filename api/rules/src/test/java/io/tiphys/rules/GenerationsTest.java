package io.tiphys.rules;

import static io.tiphys.rules.Written.CONTEXT;
import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.errors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.Resource;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.apps.v1.DaemonSet;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which kinds have a generation and what raises it: PrepareForCreate and PrepareForUpdate. */
class GenerationsTest {
  private static final String TEMPLATE = "'template':{'spec':{'containers':[{'name':'%s'}]}}";
  private static final String WORKLOAD = "{'spec':{" + TEMPLATE + "}}";

  private static Arguments counted(
      Resource<?> resource, String object, boolean labels, boolean annotations) {
    return Arguments.of(resource, object, 1L, 2L, labels ? 2L : 1L, annotations ? 2L : 1L);
  }

  private static Arguments uncounted(Resource<?> resource, String object) {
    return Arguments.of(resource, object, 0L, 0L, 0L, 0L);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        counted(CoreV1.PODS, "{'spec':{'containers':[{'name':'%s'}]}}", false, false),
        counted(CoreV1.REPLICATIONCONTROLLERS, WORKLOAD, false, false),
        counted(CoreV1.PODTEMPLATES, "{" + TEMPLATE + "}", false, false),
        counted(AppsV1.DEPLOYMENTS, WORKLOAD, false, true),
        counted(AppsV1.REPLICASETS, WORKLOAD, false, false),
        counted(AppsV1.STATEFULSETS, WORKLOAD, false, false),
        counted(AppsV1.DAEMONSETS, WORKLOAD, false, false),
        counted(BatchV1.JOBS, WORKLOAD, false, false),
        counted(BatchV1.CRONJOBS, "{'spec':{'schedule':'%s'}}", false, false),
        counted(
            PolicyV1.PODDISRUPTIONBUDGETS,
            "{'spec':{'selector':{'matchLabels':{'a':'%s'}}}}",
            false,
            false),
        counted(DiscoveryV1.ENDPOINTSLICES, "{'addressType':'%s'}", true, false),
        Arguments.of(SchedulingV1.PRIORITYCLASSES, "{'description':'%s'}", 1L, 1L, 1L, 1L),
        uncounted(CoreV1.SERVICES, "{'spec':{'externalName':'%s'}}"),
        uncounted(CoreV1.NODES, "{'spec':{'providerID':'%s'}}"),
        uncounted(CoreV1.NAMESPACES, "{'spec':{'finalizers':['%s']}}"),
        uncounted(CoreV1.PERSISTENTVOLUMES, "{'spec':{'storageClassName':'%s'}}"),
        uncounted(CoreV1.PERSISTENTVOLUMECLAIMS, "{'spec':{'volumeName':'%s'}}"),
        uncounted(CoreV1.RESOURCEQUOTAS, "{'spec':{'scopes':['%s']}}"),
        uncounted(CoreV1.CONFIGMAPS, "{'data':{'k':'%s'}}"),
        uncounted(CoreV1.SECRETS, "{'stringData':{'k':'%s'}}"),
        uncounted(CoreV1.ENDPOINTS, "{'subsets':[{'addresses':[{'ip':'%s'}]}]}"),
        uncounted(CoreV1.SERVICEACCOUNTS, "{'secrets':[{'name':'%s'}]}"),
        uncounted(CoreV1.LIMITRANGES, "{'spec':{'limits':[{'type':'%s'}]}}"),
        uncounted(CoordinationV1.LEASES, "{'spec':{'holderIdentity':'%s'}}"),
        uncounted(StorageV1.STORAGECLASSES, "{'provisioner':'%s'}"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T extends ApiObject> void countsWhatUpstreamCounts(
      Resource<T> resource, String object, long first, long changed, long labelled, long noted) {
    ResourceRules<T> rules = Rules.of(resource);
    T old = rules.prepareForCreate(defaulted(resource, object.formatted("a")), CONTEXT);
    assertThat(old.metadata().generation()).isEqualTo(first);
    assertThat(next(rules, old, with(old, meta -> meta))).isEqualTo(first);
    T other = defaulted(resource, object.formatted("b"));
    assertThat(next(rules, old, with(other, _ -> old.metadata()))).isEqualTo(changed);
    assertThat(next(rules, old, with(old, meta -> meta.withLabels(Map.of("l", "1")))))
        .isEqualTo(labelled);
    assertThat(next(rules, old, with(old, meta -> meta.withAnnotations(Map.of("n", "1")))))
        .isEqualTo(noted);
  }

  private interface Edit {
    ObjectMeta of(ObjectMeta metadata);
  }

  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  private static <T extends ApiObject> T with(T object, Edit edit) {
    return (T) object.withMetadata(edit.of(object.metadata()));
  }

  private static <T extends ApiObject> long next(ResourceRules<T> rules, T old, T now) {
    return rules.prepareForUpdate(now, old, CONTEXT).metadata().generation();
  }

  @Test
  void aDaemonSetCountsItsTemplates() {
    ResourceRules<DaemonSet> rules = Rules.of(AppsV1.DAEMONSETS);
    String annotation = "deprecated.daemonset.template.generation";
    DaemonSet old =
        rules.prepareForCreate(defaulted(AppsV1.DAEMONSETS, WORKLOAD.formatted("a")), CONTEXT);
    assertThat(old.metadata().annotations()).containsEntry(annotation, "1");
    DaemonSet same =
        rules.prepareForUpdate(defaulted(AppsV1.DAEMONSETS, WORKLOAD.formatted("a")), old, CONTEXT);
    assertThat(same.metadata().annotations()).containsEntry(annotation, "1");
    DaemonSet changed =
        rules.prepareForUpdate(defaulted(AppsV1.DAEMONSETS, WORKLOAD.formatted("b")), old, CONTEXT);
    assertThat(changed.metadata().annotations()).containsEntry(annotation, "2");
  }

  @Test
  void aJobWithoutLabelsHasTheGeneratedOnesOfItsTemplate() {
    Job job =
        Rules.of(BatchV1.JOBS)
            .prepareForCreate(
                defaulted(
                    BatchV1.JOBS,
                    "{'metadata':{'name':'j','uid':'u'},'spec':{'template':{'spec':{}}}}"),
                CONTEXT);
    assertThat(job.metadata().labels())
        .isEqualTo(
            Map.of(
                "job-name", "j",
                "controller-uid", "u",
                "batch.kubernetes.io/job-name", "j",
                "batch.kubernetes.io/controller-uid", "u"))
        .isEqualTo(job.spec().template().metadata().labels());
  }

  @Test
  void aPodTemplateIsCompletedAndChecked() {
    assertThat(errors(CoreV1.PODTEMPLATES, "{" + TEMPLATE.formatted("c") + "}"))
        .containsExactly("template.spec.containers[0].image: Required value");
  }

  @Test
  void finalizersWithoutADomainAreKubernetesOwn() {
    ObjectMeta good =
        ObjectMeta.builder()
            .name("x")
            .finalizers(List.of("kubernetes", "orphan", "a.io/b"))
            .build();
    ObjectMeta bad = good.withFinalizers(List.of("a.io/b", "foo"));
    FieldPath path = FieldPath.of("metadata");
    List<String> wrong =
        List.of(
            "metadata.finalizers[1]: Invalid value: \"foo\": name is neither a standard finalizer"
                + " name nor is it fully qualified");
    assertThat(ObjectMetaRules.validateFinalizerNames(good, path)).isEmpty();
    assertThat(ObjectMetaRules.validateFinalizerNames(bad, path))
        .extracting(FieldError::message)
        .isEqualTo(wrong);
  }
}
