package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.ApiregistrationV1;
import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiregistration.v1.APIService;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the server itself makes, beside what every cluster had before. */
class OwnObjectsTest extends ServerFixture {
  private static final String DEFINITION =
      "{'metadata':{'name':'toys.example.com'},'spec':{'group':'example.com','scope':'Cluster',"
          + "'names':{'plural':'toys','kind':'Toy'},'versions':[{'name':'v1','served':true,"
          + "'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}},{'name':'v2',"
          + "'served':false,'storage':false,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}";

  private Source source() {
    return apiServer.source(ADMIN, "test");
  }

  /** The names of a kind's objects, as soon as they are as wished. */
  private <T extends ApiObject> Set<String> names(
      Resource<T> resource, Predicate<Set<String>> wished) throws InterruptedException {
    var list = source().list(resource, "", ListOptions.ALL);
    Set<String> names = new HashSet<>();
    list.items().forEach(object -> names.add(object.name()));
    WatchOptions from = new WatchOptions("", "", list.resourceVersion());
    try (WatchStream<T> watch = source().watch(resource, "", from)) {
      while (!wished.test(names)) {
        switch (watch.next()) {
          case WatchEvent.Added<T>(T added) -> names.add(added.name());
          case WatchEvent.Deleted<T>(T deleted) -> names.remove(deleted.name());
          case null -> throw new AssertionError("the watch ended");
          default -> {}
        }
      }
    }
    return names;
  }

  @Test
  void eachGroupAndVersionHasAnApiService() throws Exception {
    Set<String> names = names(ApiregistrationV1.APISERVICES, all -> all.size() >= 20);
    assertThat(names)
        .contains("v1.", "v1.apps", "v2.autoscaling", "v1.networking.k8s.io", "v1alpha1.apps");
    APIService apps = source().get(ApiregistrationV1.APISERVICES, "", "v1.apps");
    assertThat(apps.spec().groupPriorityMinimum()).isEqualTo(17800);
    assertThat(apps.spec().versionPriority()).isEqualTo(15);
    assertThat(apps.metadata().labels())
        .containsEntry("kube-aggregator.kubernetes.io/automanaged", "onstart");
    assertThat(apps.status().conditions().getFirst().reason()).isEqualTo("Local");
  }

  @Test
  void groupsThatAreDefinedHaveOneAsLongAsTheyAreServed() throws Exception {
    byte[] json = DEFINITION.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    source()
        .create(
            ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
            ObjectCodec.fromJson(CustomResourceDefinition.TYPE, json));
    Set<String> names = names(ApiregistrationV1.APISERVICES, all -> all.contains("v1.example.com"));
    assertThat(names).doesNotContain("v2.example.com");
    source()
        .delete(
            ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", "toys.example.com", DeleteOptions.EMPTY);
    names(ApiregistrationV1.APISERVICES, all -> !all.contains("v1.example.com"));
  }

  @Test
  void priorityLevelsAndFlowSchemasAreThereFromTheBeginning() {
    List<String> levels =
        source()
            .list(FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS, "", ListOptions.ALL)
            .items()
            .stream()
            .map(PriorityLevelConfiguration::name)
            .toList();
    assertThat(levels)
        .containsExactlyInAnyOrder(
            "catch-all",
            "exempt",
            "global-default",
            "leader-election",
            "node-high",
            "system",
            "workload-high",
            "workload-low");
    List<FlowSchema> schemas =
        source().list(FlowcontrolV1.FLOWSCHEMAS, "", ListOptions.ALL).items();
    assertThat(schemas).hasSize(11).allMatch(schema -> schema.metadata().generation() == 1);
    assertThat(schemas)
        .allMatch(schema -> levels.contains(schema.spec().priorityLevelConfiguration().name()));
  }

  @Test
  void whatNobodyTookOverIsRenewed() {
    FlowSchema probes = source().get(FlowcontrolV1.FLOWSCHEMAS, "", "probes");
    source()
        .update(
            FlowcontrolV1.FLOWSCHEMAS, probes.withSpec(probes.spec().withMatchingPrecedence(3)));
    FlowSchema nodes = source().get(FlowcontrolV1.FLOWSCHEMAS, "", "system-nodes");
    source()
        .update(
            FlowcontrolV1.FLOWSCHEMAS,
            nodes
                .withSpec(nodes.spec().withMatchingPrecedence(501))
                .withMetadata(
                    nodes
                        .metadata()
                        .withAnnotations(Map.of("apf.kubernetes.io/autoupdate-spec", "false"))));
    new FlowObjects(source()).complete();
    assertThat(precedence("probes")).isEqualTo(2);
    assertThat(precedence("system-nodes")).isEqualTo(501);
  }

  private int precedence(String name) {
    return source().get(FlowcontrolV1.FLOWSCHEMAS, "", name).spec().matchingPrecedence();
  }
}
