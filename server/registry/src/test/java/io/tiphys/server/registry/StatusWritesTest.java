package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.meta.v1.ManagedFieldsEntry;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a write of the status takes with it and leaves alone, for every kind that has one; the table
 * is upstream's PrepareForUpdate of the status strategies in pkg/registry.
 */
class StatusWritesTest {
  private static final String TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},'spec':{%s'containers':[{'name':'c','image':'i'}]}}";
  private static final String WORKLOAD =
      "'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE.formatted("");
  private static final String JOB = TEMPLATE.formatted("'restartPolicy':'Never',");
  private static final String SCALER =
      "'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'d'},'maxReplicas':3";

  /**
   * Their spec decides their name, or says more than fits into a row; the status of a ServiceCIDR
   * takes no metadata along.
   */
  private static final Set<String> WITH_OWN_TESTS =
      Set.of(
          "apiservices", "certificatesigningrequests", "customresourcedefinitions", "servicecidrs");

  private static final String CORE = "/api/v1/namespaces/default/";
  private static final String APPS = "/apis/apps/v1/namespaces/default/";
  private static final String BATCH = "/apis/batch/v1/namespaces/default/";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  /**
   * A kind.
   *
   * @param spec one that is valid
   * @param otherSpec a part of another
   * @param status one that a client may write
   * @param seen the path and value by which it is recognised
   * @param annotations whether annotations are taken
   * @param labels whether labels are taken
   * @param owners whether owners are taken
   */
  private record Row(
      String path,
      String spec,
      String otherSpec,
      String status,
      String seen,
      boolean annotations,
      boolean labels,
      boolean owners) {
    static Row of(String path, String spec, String otherSpec, String status, String seen) {
      return new Row(path, spec, otherSpec, status, seen, true, true, true);
    }

    /** A kind whose status leaves the metadata alone. */
    static Row bare(String path, String spec, String otherSpec, String status, String seen) {
      return new Row(path, spec, otherSpec, status, seen, false, false, false);
    }

    String plural() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private static Stream<Row> kinds() {
    String scaled = "'replicas':9";
    String observed = "status.observedGeneration=1";
    String generation = "'observedGeneration':1";
    return Stream.of(
        new Row(
            CORE + "pods",
            "'containers':[{'name':'c','image':'i'}]",
            "'activeDeadlineSeconds':5",
            "'phase':'Running'",
            "status.phase=Running",
            true,
            true,
            false),
        Row.of(
            CORE + "services",
            "'ports':[{'port':80}]",
            "'sessionAffinity':'ClientIP'",
            "'conditions':[{'type':'T','status':'True','reason':'R',"
                + "'lastTransitionTime':'2026-01-01T00:00:00Z','message':''}]",
            "status.conditions.0.type=T"),
        Row.of(
            "/api/v1/nodes",
            "",
            "'unschedulable':true",
            "'phase':'Running'",
            "status.phase=Running"),
        Row.of(
            "/api/v1/namespaces",
            "",
            "'finalizers':['x.io/y']",
            "'conditions':[{'type':'T','status':'True'}]",
            "status.conditions.0.type=T"),
        Row.of(
            "/api/v1/persistentvolumes",
            "'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],"
                + "'hostPath':{'path':'/x'}",
            "'storageClassName':'other'",
            "'phase':'Available'",
            "status.phase=Available"),
        Row.of(
            CORE + "persistentvolumeclaims",
            "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}",
            "'volumeName':'v'",
            "'phase':'Lost'",
            "status.phase=Lost"),
        Row.of(
            CORE + "replicationcontrollers",
            "'selector':{'a':'b'}," + TEMPLATE.formatted(""),
            scaled,
            generation,
            observed),
        Row.of(
            CORE + "resourcequotas",
            "'hard':{'pods':'1'}",
            "'hard':{'pods':'2'}",
            "'hard':{'pods':'3'}",
            "status.hard.pods=3"),
        new Row(APPS + "deployments", WORKLOAD, scaled, generation, observed, true, false, true),
        Row.of(APPS + "replicasets", WORKLOAD, scaled, generation, observed),
        Row.of(APPS + "statefulsets", WORKLOAD, scaled, generation, observed),
        Row.of(APPS + "daemonsets", WORKLOAD, "'minReadySeconds':9", generation, observed),
        Row.of(
            "/apis/apps/v1alpha1/namespaces/default/petsets",
            WORKLOAD,
            scaled,
            "'observedGeneration':1,'replicas':0",
            observed),
        Row.of(BATCH + "jobs", JOB, "'suspend':true", "'active':1", "status.active=1"),
        Row.of(
            BATCH + "cronjobs",
            "'schedule':'* * * * *','jobTemplate':{'spec':{" + JOB + "}}",
            "'suspend':true",
            "'lastScheduleTime':'2026-01-01T00:00:00Z'",
            "status.lastScheduleTime=2026-01-01T00:00:00Z"),
        Row.of(
            "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
            "'minAvailable':1,'selector':{'matchLabels':{'a':'b'}}",
            "'minAvailable':2",
            "'expectedPods':3,'disruptionsAllowed':0,'currentHealthy':0,'desiredHealthy':0",
            "status.expectedPods=3"),
        Row.of(
            "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
            "'rules':[{'host':'a.com'}]",
            "'rules':[{'host':'b.com'}]",
            "'loadBalancer':{'ingress':[{'ip':'1.2.3.4'}]}",
            "status.loadBalancer.ingress.0.ip=1.2.3.4"),
        Row.of(
            "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
            SCALER,
            "'maxReplicas':9",
            "'currentReplicas':2",
            "status.currentReplicas=2"),
        Row.of(
            "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
            SCALER,
            "'maxReplicas':9",
            "'currentReplicas':2",
            "status.currentReplicas=2"),
        Row.bare(
            "/apis/storage.k8s.io/v1/volumeattachments",
            "'attacher':'a.io','nodeName':'n','source':{'persistentVolumeName':'v'}",
            "'nodeName':'m'",
            "'attached':true",
            "status.attached=true"),
        Row.bare(
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
            "'matchConstraints':{'resourceRules':[{'apiGroups':[''],'apiVersions':['v1'],"
                + "'operations':['*'],'resources':['pods']}]},'validations':[{'expression':"
                + "'true'}]",
            "'failurePolicy':'Ignore'",
            "'observedGeneration':1",
            observed),
        Row.bare(
            "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims",
            "'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c'}}]}",
            "'devices':{'requests':[{'name':'q','exactly':{'deviceClassName':'c'}}]}",
            "'allocation':{'devices':{'results':[{'request':'r','driver':'d.io','pool':'p',"
                + "'device':'d'}]}}",
            "status.allocation.devices.results.0.pool=p"),
        Row.bare(
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
            "'priorityLevelConfiguration':{'name':'exempt'}",
            "'matchingPrecedence':9",
            "'conditions':[{'type':'Dangling','status':'False'}]",
            "status.conditions.0.type=Dangling"),
        Row.bare(
            "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
            "'type':'Limited','limited':{'limitResponse':{'type':'Reject'}}",
            "'limited':{'nominalConcurrencyShares':9}",
            "'conditions':[{'type':'T','status':'False'}]",
            "status.conditions.0.type=T"));
  }

  @Test
  void theTableHasEveryKindWithAStatus() {
    assertThat(kinds().map(Row::plural))
        .containsExactlyInAnyOrderElementsOf(
            BuiltinKinds.registry().kinds().stream()
                .filter(entry -> entry.stored() && entry.subresources().containsKey("status"))
                .filter(entry -> !WITH_OWN_TESTS.contains(entry.resource().plural()))
                .map(entry -> entry.resource().plural())
                .toList());
  }

  @TestFactory
  Stream<DynamicTest> aStatusTakesItsMetadataAlongAndLeavesTheSpec() {
    return kinds().map(row -> DynamicTest.dynamicTest(row.plural(), () -> check(row)));
  }

  private void check(Row row) {
    try (ApiServerFixture fresh = new ApiServerFixture().furnished()) {
      String object =
          "{'metadata':{'name':'x','labels':{'old':'1'},'annotations':{'old':'1'}},'spec':{"
              + row.spec
              + "}}";
      Answered created = fresh.post(row.path, quoted(object)).expect(201);
      String patch =
          "{'metadata':{'labels':{'new':'2'},'annotations':{'new':'2'},"
              + "'ownerReferences':[{'apiVersion':'v1','kind':'K','name':'n','uid':'u'}]},"
              + "'spec':{"
              + row.otherSpec
              + "},'status':{"
              + row.status
              + "}}";
      String manager = "/x/status?fieldManager=other";
      Answered patched = fresh.merge(row.path + manager, quoted(patch)).expect(200);

      assertThat(patched.at(row.seen.split("=")[0])).isEqualTo(row.seen.split("=")[1]);
      String annotation = patched.at("metadata.annotations.new");
      assertThat(annotation).isEqualTo(row.annotations ? "2" : "<absent>");
      assertThat(patched.at("metadata.annotations.old")).isEqualTo("1");
      assertThat(patched.at("metadata.labels.new")).isEqualTo(row.labels ? "2" : "<absent>");
      assertThat(patched.at("metadata.labels.old")).isEqualTo("1");
      String owners = patched.at("metadata.ownerReferences.0.uid");
      assertThat(owners).isEqualTo(row.owners ? "u" : "<absent>");
      assertThat(patched.json().get("spec")).isEqualTo(created.json().get("spec"));
      assertThat(patched.at("metadata.generation")).isEqualTo(created.at("metadata.generation"));
      assertThat(owned(patched)).isEqualTo(expectedOwnership(row));
    }
  }

  /** Which of labels, owners, spec and status the writer of the status owns. */
  private static Map<String, Boolean> owned(Answered answer) {
    ObjectMeta metadata = ObjectCodec.fromTree(ConfigMap.TYPE, answer.json()).metadata();
    ManagedFieldsEntry entry =
        metadata.managedFields().stream()
            .filter(one -> one.manager().equals("other"))
            .findFirst()
            .orElseThrow();
    Json fields = Objects.requireNonNull(entry.fieldsV1());
    return new TreeMap<>(
        Map.of(
            "labels", has(fields, "f:metadata", "f:labels"),
            "owners", has(fields, "f:metadata", "f:ownerReferences"),
            "spec", has(fields, "f:spec"),
            "status", has(fields, "f:status")));
  }

  private static boolean has(@Nullable Json fields, String... path) {
    @Nullable Json at = fields;
    for (String step : path) {
      at = at instanceof Json.Obj object ? object.get(step) : null;
    }
    return at != null;
  }

  private static Map<String, Boolean> expectedOwnership(Row row) {
    return new TreeMap<>(
        Map.of("labels", row.labels, "owners", row.owners, "spec", false, "status", true));
  }

  private static String quoted(String text) {
    return text.replace('\'', '"');
  }

  @Test
  void theMainResourceLeavesTheStatus() {
    String set = "{'metadata':{'name':'x'},'spec':{" + WORKLOAD + "},'status':{'replicas':5}}";
    Answered created = apiServer.post(APPS + "statefulsets", quoted(set)).expect(201);
    assertThat(created.at("status.replicas")).isEqualTo("0");
    Answered patched =
        apiServer.merge(APPS + "statefulsets/x", quoted("{'status':{'replicas':5}}")).expect(200);
    assertThat(patched.at("status.replicas")).isEqualTo("0");
    assertThat(patched.at("metadata.resourceVersion"))
        .isEqualTo(created.at("metadata.resourceVersion"));
  }
}
