package io.tiphys.meta.apply;

import static io.tiphys.meta.TestSchemas.DEPLOYMENT;
import static io.tiphys.meta.TestSchemas.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.apply.ApplyOutcome.Applied;
import io.tiphys.meta.apply.ApplyOutcome.Conflicted;
import io.tiphys.meta.apply.ApplyOutcome.Rejected;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldManagerTest {
  private static final Json.Obj EMPTY =
      object("{'metadata':{},'spec':{'strategy':{}," + "'template':{'spec':{}}},'status':{}}");
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final FieldManager manager = at("");

  /** The object as it is stored. */
  private Json.Obj live = EMPTY;

  private Instant now = START;

  private static FieldManager at(String subresource) {
    FieldFilter reset =
        FieldFilter.excluding(List.of(List.of(subresource.isEmpty() ? "status" : "spec")));
    return new FieldManager(
        new FieldManager.Endpoint(
            new GroupVersionKind("apps", "v1", "Deployment"),
            DEPLOYMENT,
            EMPTY,
            Typed.Versions.NONE,
            reset,
            subresource));
  }

  private static Json.Obj deployment(String spec) {
    return object(
        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':" + spec + "}");
  }

  private static Json.Obj child(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Obj child ? child : Json.Obj.EMPTY;
  }

  private void store(Json.Obj object, List<ManagedEntry> managed) {
    Json.Obj metadata = child(object, "metadata").with("uid", new Json.Str("u"));
    live = object.with("metadata", metadata.with("managedFields", ManagedEntry.toJson(managed)));
  }

  private ApplyOutcome apply(String who, boolean force, String spec) {
    ApplyOutcome outcome = manager.apply(live, deployment(spec), who, force, now);
    if (outcome instanceof Applied(var object, var managed)) {
      store(object, managed);
    }
    return outcome;
  }

  private void applied(String who, String spec) {
    assertThat(apply(who, false, spec)).isInstanceOf(Applied.class);
  }

  private void update(String who, Json.Obj updated) {
    store(updated, manager.update(live, updated, who, now));
  }

  /** The stored object with another spec, as a client would write it back. */
  private Json.Obj withSpec(String spec) {
    return live.with("spec", object(spec));
  }

  private List<ManagedEntry> entries() {
    return ManagedEntry.listOf(child(live, "metadata").get("managedFields"));
  }

  private ManagedEntry entry(String who) {
    return entries().stream().filter(e -> e.manager().equals(who)).findFirst().orElseThrow();
  }

  private List<String> owned(String who) {
    return entries().stream()
        .filter(entry -> entry.manager().equals(who))
        .flatMap(entry -> entry.fields().paths().stream())
        .toList();
  }

  @Test
  void aCreatorOwnsWhatItSets() {
    Json.Obj created =
        object(
            """
            {'apiVersion': 'apps/v1', 'kind': 'Deployment',
             'metadata': {'name': 'd', 'namespace': 'n', 'uid': 'u', 'labels': {'a': '1'},
               'creationTimestamp': '2026-01-02T03:04:05Z', 'generation': 1},
             'spec': {'replicas': 1, 'selector': {'matchLabels': {'a': '1'}},
               'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'x': '1'}},
               'template': {'spec': {'containers': [{'name': 'x', 'resources': {}}]}}},
             'status': {'ready': 1}}
            """);
    List<ManagedEntry> managed = manager.create(created, "kubectl-create", now);
    assertThat(managed).hasSize(1);
    assertThat(managed.getFirst().toJson())
        .isEqualTo(
            object(
                """
                {'manager': 'kubectl-create', 'operation': 'Update', 'apiVersion': 'apps/v1',
                 'time': '2026-01-02T03:04:05Z', 'fieldsType': 'FieldsV1', 'fieldsV1': {
                  'f:metadata': {'f:labels': {'.': {}, 'f:a': {}}},
                  'f:spec': {
                    'f:replicas': {},
                    'f:selector': {},
                    'f:strategy': {'f:rollingUpdate': {'.': {}, 'f:x': {}}, 'f:type': {}},
                    'f:template': {'f:spec': {'f:containers': {'k:{\\"name\\":\\"x\\"}': {
                      '.': {}, 'f:name': {}, 'f:resources': {}}}}}}}}
                """));
  }

  @Test
  void anUpdaterTakesWhatItChanges() {
    applied("a", "{'replicas':1,'strategy':{'type':'x'}}");
    update("b", withSpec("{'replicas':2,'strategy':{'type':'x'},'template':{'spec':{}}}"));
    assertThat(owned("a")).containsExactly(".spec.strategy.type");
    assertThat(owned("b")).containsExactly(".spec.replicas");
  }

  @Test
  void anUpdateThatChangesNothingLeavesEverything() {
    applied("a", "{'replicas':1}");
    List<ManagedEntry> before = entries();
    now = START.plusSeconds(60);
    update("b", live);
    assertThat(entries()).isEqualTo(before);
  }

  @Test
  void aRemovedFieldIsNobodys() {
    applied("a", "{'replicas':1,'strategy':{'type':'x'}}");
    update("b", withSpec("{'strategy':{'type':'x'},'template':{'spec':{}}}"));
    assertThat(owned("a")).containsExactly(".spec.strategy.type");
    assertThat(owned("b")).isEmpty();
  }

  @Test
  void anotherApplierConflicts() {
    applied("a", "{'replicas':1}");
    ApplyOutcome outcome = apply("b", false, "{'replicas':2}");
    assertThat(outcome).isEqualTo(new Conflicted(List.of(new Conflict("\"a\"", ".spec.replicas"))));
    assertThat(((Conflicted) outcome).message())
        .isEqualTo("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas");
  }

  @Test
  void conflictsNameUpdatersWithTheirVersion() {
    store(
        deployment("{'replicas':1}"), manager.create(deployment("{'replicas':1}"), "kubectl", now));
    ApplyOutcome outcome = apply("b", false, "{'replicas':2}");
    assertThat(((Conflicted) outcome).message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1:"
                + " .spec.replicas");
  }

  @Test
  void manyConflictsAreListedByManager() {
    applied("a", "{'replicas':1,'strategy':{'type':'x'}}");
    applied("b", "{'strategy':{'type':'x'}}");
    ApplyOutcome outcome = apply("c", false, "{'replicas':2,'strategy':{'type':'y'}}");
    assertThat(((Conflicted) outcome).message())
        .isEqualTo(
            "Apply failed with 3 conflicts: conflicts with \"a\":\n- .spec.replicas\n"
                + "- .spec.strategy.type\nconflicts with \"b\":\n- .spec.strategy.type");
  }

  @Test
  void forceTakesOver() {
    applied("a", "{'replicas':1,'strategy':{'type':'x'}}");
    assertThat(apply("b", true, "{'replicas':2}")).isInstanceOf(Applied.class);
    assertThat(owned("a")).containsExactly(".spec.strategy.type");
    assertThat(owned("b")).containsExactly(".spec.replicas");
  }

  @Test
  void equalValuesAreShared() {
    applied("a", "{'replicas':1}");
    applied("b", "{'replicas':1}");
    assertThat(owned("a")).containsExactly(".spec.replicas");
    assertThat(owned("b")).containsExactly(".spec.replicas");
    applied("a", "{}");
    assertThat(child(live, "spec").get("replicas")).isEqualTo(new Json.Int(1));
    applied("b", "{}");
    assertThat(child(live, "spec").get("replicas")).isNull();
  }

  @Test
  void whatIsAppliedNoMoreGoes() {
    applied(
        "a",
        "{'replicas':1,'template':{'spec':{'finalizers':['f','g'],'containers':["
            + "{'name':'x','image':'1','args':['a']},{'name':'y'}]}}}");
    applied("a", "{'template':{'spec':{'finalizers':['g'],'containers':[{'name':'x'}]}}}");
    assertThat(live.get("spec"))
        .isEqualTo(
            object(
                "{'strategy':{},'template':{'spec':{'finalizers':['g'],'containers':["
                    + "{'name':'x'}]}}}"));
  }

  @Test
  void whatOthersAddedToAnElementKeepsIt() {
    applied("a", "{'template':{'spec':{'containers':[{'name':'x','image':'1'}]}}}");
    applied("b", "{'template':{'spec':{'containers':[{'name':'x','args':['a']}]}}}");
    applied("a", "{}");
    assertThat(live.get("spec"))
        .isEqualTo(
            object(
                "{'strategy':{},'template':{'spec':{'containers':[{'name':'x','args':['a']}]}}}"));
  }

  @Test
  void whatNobodyOwnsStays() {
    store(deployment("{'replicas':1}"), List.of());
    applied("a", "{'strategy':{'type':'x'}}");
    assertThat(owned("before-first-apply")).containsExactly(".spec.replicas");
    applied("a", "{}");
    assertThat(child(live, "spec").get("replicas")).isEqualTo(new Json.Int(1));
  }

  @Test
  void listsKeepTheOrderOfTheApplier() {
    applied("a", "{'template':{'spec':{'finalizers':['1','2','3']}}}");
    update("b", withSpec("{'strategy':{},'template':{'spec':{'finalizers':['1','b','2','3']}}}"));
    applied("a", "{'template':{'spec':{'finalizers':['3','1','2']}}}");
    assertThat(live.get("spec"))
        .isEqualTo(object("{'strategy':{},'template':{'spec':{'finalizers':['b','3','1','2']}}}"));
  }

  @Test
  void timesChangeOnlyWithTheObject() {
    applied("a", "{'replicas':1}");
    now = START.plusSeconds(60);
    applied("a", "{'replicas':1}");
    assertThat(entry("a").time()).isEqualTo(START);
    applied("a", "{'replicas':2}");
    assertThat(entry("a").time()).isEqualTo(now);
  }

  @Test
  void objectsThatNobodyTracksStayUntracked() {
    store(deployment("{'replicas':1}"), List.of());
    update("b", withSpec("{'replicas':2}"));
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"[], 0", "[{}], 0", "null, 1"})
  void clientsMayResetTheEntries(String managedFields, int left) {
    applied("a", "{'replicas':1}");
    Json.Obj metadata = child(live, "metadata");
    Json.Obj updated =
        live.with("metadata", metadata.with("managedFields", Json.parse(managedFields)));
    assertThat(manager.update(live, updated, "b", now)).hasSize(left);
  }

  @Test
  void subresourcesHaveManagersOfTheirOwn() {
    applied("a", "{'replicas':1}");
    Json.Obj updated = live.with("status", object("{'ready':1}"));
    List<ManagedEntry> managed = at("status").update(live, updated, "a", now);
    assertThat(managed).hasSize(2);
    assertThat(managed.getLast().subresource()).isEqualTo("status");
    assertThat(managed.getLast().fields().paths()).containsExactly(".status.ready");
    store(updated, managed);
    ApplyOutcome outcome =
        at("status")
            .apply(live, deployment("{}").with("status", object("{'ready':2}")), "b", false, now);
    assertThat(((Conflicted) outcome).message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"a\" with subresource \"status\" using"
                + " apps/v1: .status.ready");
  }

  @Test
  void oldUpdatersArePooled() {
    store(deployment("{}"), manager.create(deployment("{'raw':{}}"), "first", now));
    for (int i = 0; i < 15; i++) {
      now = now.plusSeconds(1);
      update("u" + i, live.with("metadata", child(live, "metadata").with("labels", labels(i))));
    }
    assertThat(entries()).hasSize(10);
    assertThat(owned("ancient-changes")).contains(".metadata.labels.l0", ".metadata.labels.l5");
    assertThat(owned("u14")).containsExactly(".metadata.labels.l14");
  }

  private static Json.Obj labels(int last) {
    Json.Obj.Builder labels = Json.Obj.builder();
    for (int i = 0; i <= last; i++) {
      labels.put("l" + i, "v");
    }
    return labels.build();
  }

  @Test
  void kubectlMayTakeWhatItAppliedFromTheClient() {
    Json.Obj annotated =
        object(
            """
            {'apiVersion': 'apps/v1', 'kind': 'Deployment',
             'metadata': {'name': 'd', 'annotations': {
               'kubectl.kubernetes.io/last-applied-configuration':
                 '{\\"apiVersion\\":\\"apps/v1\\",\\"kind\\":\\"Deployment\\",\\"spec\\":{\\"replicas\\":1}}'}},
             'spec': {'replicas': 1, 'strategy': {'type': 'x'}}}
            """);
    store(annotated, manager.create(annotated, "kubectl-client-side-apply", now));
    assertThat(apply("kubectl", false, "{'replicas':2,'strategy':{'type':'y'}}"))
        .isEqualTo(
            new Conflicted(
                List.of(
                    new Conflict(
                        "\"kubectl-client-side-apply\" using apps/v1", ".spec.strategy.type"))));
    applied("kubectl", "{'replicas':2}");
    assertThat(child(child(live, "metadata"), "annotations").members())
        .containsEntry(
            "kubectl.kubernetes.io/last-applied-configuration",
            new Json.Str(
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"},"
                    + "\"spec\":{\"replicas\":2}}\n"));
  }

  @Test
  void refusesWhatTheSchemaDoesNotKnow() {
    assertThat(apply("a", false, "{'repl':1}"))
        .isEqualTo(
            new Rejected(
                false,
                "failed to create typed patch object (/d; apps/v1, Kind=Deployment):"
                    + " .spec.repl: field not declared in schema"));
    assertThat(apply("a", false, "{'replicas':'1'}"))
        .isEqualTo(
            new Rejected(
                false,
                "failed to create typed patch object (/d; apps/v1, Kind=Deployment):"
                    + " .spec.replicas: expected numeric (int or float), got string"));
    assertThat(
            apply("a", false, "{'template':{'spec':{'containers':[{'name':'x'},{'name':'x'}]}}}"))
        .isEqualTo(
            new Rejected(
                false,
                "failed to create typed patch object (/d; apps/v1, Kind=Deployment):"
                    + " .spec.template.spec.containers: duplicate entries for key [name=\"x\"]"));
  }

  @Test
  void refusesAnotherKindOrVersion() {
    Json.Obj other = object("{'apiVersion':'apps/v2','kind':'Deployment'}");
    assertThat(manager.apply(live, other, "a", false, now))
        .isEqualTo(new Rejected(true, "invalid object type: apps/v2, Kind=Deployment"));
    Json.Obj managed =
        object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'managedFields':[]}}");
    assertThat(manager.apply(live, managed, "a", false, now))
        .isEqualTo(new Rejected(true, "metadata.managedFields must be nil"));
  }
}
