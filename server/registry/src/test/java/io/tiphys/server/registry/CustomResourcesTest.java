package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Custom resources from their definition to their end, over the store in memory. */
class CustomResourcesTest {
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";

  static final String SPEC =
      "'group':'example.com','scope':'Namespaced','names':{'plural':'widgets','kind':'Widget',"
          + "'shortNames':['wd'],'categories':['all']}";

  static final String SCHEMA =
      "{'type':'object','required':['spec'],'properties':{'spec':{'type':'object',"
          + "'required':['size'],'properties':{"
          + "'size':{'type':'integer','minimum':1,'maximum':10},"
          + "'color':{'type':'string','default':'red','enum':['red','blue']},"
          + "'name':{'type':'string','pattern':'^[a-z]+$','maxLength':5},"
          + "'replicas':{'type':'integer'},"
          + "'tags':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"
          + "'ports':{'type':'array','x-kubernetes-list-type':'map',"
          + "'x-kubernetes-list-map-keys':['port'],'items':{'type':'object','required':['port'],"
          + "'properties':{'port':{'type':'integer'},'name':{'type':'string'}}}},"
          + "'either':{'x-kubernetes-int-or-string':true},"
          + "'maybe':{'type':'string','nullable':true},"
          + "'open':{'type':'object','x-kubernetes-preserve-unknown-fields':true},"
          + "'labels':{'type':'object','additionalProperties':{'type':'string'}}}},"
          + "'status':{'type':'object','properties':{'replicas':{'type':'integer'},"
          + "'selector':{'type':'string'},'phase':{'type':'string'}}}}}";

  static final String PARTS =
      "'subresources':{'status':{},'scale':{'specReplicasPath':'.spec.replicas',"
          + "'statusReplicasPath':'.status.replicas','labelSelectorPath':'.status.selector'}},"
          + "'additionalPrinterColumns':["
          + "{'name':'Size','type':'integer','jsonPath':'.spec.size'},"
          + "{'name':'Port','type':'string','jsonPath':'.spec.ports[?(@.name==\"web\")].port'},"
          + "{'name':'Age','type':'date','jsonPath':'.metadata.creationTimestamp'}]";

  private ApiServerFixture server;

  @BeforeEach
  void open() {
    server = ApiServerFixture.withCustomResources();
  }

  @AfterEach
  void close() {
    server.close();
  }

  static String quoted(String json) {
    return json.replace("\"", "\\\"").replace('\'', '"');
  }

  static String definition(String spec, String schema, String parts) {
    String comma = parts.isEmpty() ? "" : ",";
    return quoted(
        "{'metadata':{'name':'widgets.example.com'},'spec':{"
            + spec
            + ",'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':"
            + schema
            + "}"
            + comma
            + parts
            + "}]}}");
  }

  static void awaitThat(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.yield();
    }
  }

  private String condition(String name, String type) {
    Json.Obj definition = server.get(DEFINITIONS + "/" + name).json();
    if (definition.get("status") instanceof Json.Obj status
        && status.get("conditions") instanceof Json.Arr(var conditions)) {
      for (Json each : conditions) {
        Json.Obj condition = (Json.Obj) each;
        if (Json.of(type).equals(condition.get("type"))
            && condition.get("status") instanceof Json.Str(String value)) {
          return value;
        }
      }
    }
    return "";
  }

  private void define() {
    server.post(DEFINITIONS, definition(SPEC, SCHEMA, PARTS)).expect(201);
    awaitThat(() -> condition("widgets.example.com", "Established").equals("True"));
  }

  private Answered create(String name, String spec) {
    String start = "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'";
    return server.post(WIDGETS, quoted(start + name + "'}," + spec + "}"));
  }

  private static String definitionOfLeases(String version) {
    return quoted(
        "{'metadata':{'name':'leases.coordination.k8s.io',"
            + "'annotations':{'api-approved.kubernetes.io':'unapproved'}},"
            + "'spec':{'group':'coordination.k8s.io','scope':'Namespaced',"
            + "'names':{'plural':'leases','kind':'Lease'},'versions':[{'name':'"
            + version
            + "','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}");
  }

  @Test
  void whatIsBuiltInIsNobodyElsesToServeOrToDelete() {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    server.post(leases, quoted("{'metadata':{'name':'mine'}}")).expect(201);
    String name = "leases.coordination.k8s.io";
    for (String version : new String[] {"v1", "v9"}) {
      server.post(DEFINITIONS, definitionOfLeases(version)).expect(201);
      awaitThat(() -> condition(name, "Established").equals("True"));
      server.get(leases + "/mine").expect(200);
      server.get(leases.replace("/v1/", "/v9/")).expect(404);
      server.delete(DEFINITIONS + "/" + name).expect(200);
      awaitThat(() -> server.get(DEFINITIONS + "/" + name).code() == 404);
      server.get(leases + "/mine").expect(200);
    }
    define();
  }

  private String refused(String spec) {
    return create("x", spec).expect(422).status().message();
  }

  @Test
  void objectsOfADefinedKindAreStoredReadAndDeleted() {
    define();
    Answered created = create("a", "'spec':{'size':3,'unknown':1,'open':{'any':[1]}}").expect(201);
    assertThat(created.at("kind")).isEqualTo("Widget");
    assertThat(created.at("apiVersion")).isEqualTo("example.com/v1");
    assertThat(created.at("metadata.generation")).isEqualTo("1");
    assertThat(created.at("spec.color")).isEqualTo("red");
    assertThat(created.at("spec.unknown")).isEqualTo("<absent>");
    assertThat(created.at("spec.open.any.0")).isEqualTo("1");
    assertThat(server.get(WIDGETS + "/a").expect(200).text()).isEqualTo(created.text());
    Answered list = server.get("/apis/example.com/v1/widgets").expect(200);
    assertThat(list.at("kind")).isEqualTo("WidgetList");
    assertThat(list.at("items.0.kind")).isEqualTo("Widget");
    assertThat(list.at("items.0.metadata.name")).isEqualTo("a");
    server.delete(WIDGETS + "/a").expect(200);
    server.get(WIDGETS + "/a").expect(404);
  }

  @Test
  void whatTheSchemaForbidsIsRefusedInUpstreamsWords() {
    define();
    assertThat(refused("'spec':{}"))
        .isEqualTo("Widget.example.com \"x\" is invalid: spec.size: Required value");
    assertThat(refused("'spec':{'size':11}"))
        .endsWith(
            "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10");
    assertThat(refused("'spec':{'size':'3'}"))
        .endsWith(
            "spec.size: Invalid value: \"string\": spec.size in body must be of type integer:"
                + " \"string\"");
    assertThat(refused("'spec':{'size':1,'color':'green'}"))
        .endsWith("spec.color: Unsupported value: \"green\": supported values: \"red\", \"blue\"");
    assertThat(refused("'spec':{'size':1,'name':'ABC'}"))
        .endsWith("spec.name: Invalid value: \"ABC\": spec.name in body should match '^[a-z]+$'");
    assertThat(refused("'spec':{'size':1,'name':'abcdef'}"))
        .endsWith("spec.name: Too long: may not be more than 5 bytes");
    assertThat(refused("'spec':{'size':1,'tags':['a','a']}"))
        .endsWith("spec.tags[1]: Duplicate value: \"a\"");
    assertThat(refused("'spec':{'size':1,'ports':[{'port':1},{'port':1}]}"))
        .endsWith("spec.ports[1]: Duplicate value: {\"port\":1}");
    assertThat(refused("'spec':{'size':1,'either':true}"))
        .endsWith("spec.either in body must be of type integer,string: \"boolean\"");
    assertThat(refused("'spec':{'size':1,'labels':{'a':1}}"))
        .endsWith("spec.labels.a in body must be of type string: \"integer\"");
    create("n", "'spec':{'size':1,'maybe':null,'either':'5%'}").expect(201);
    Answered kind =
        server.post(WIDGETS, quoted("{'apiVersion':'example.com/v1','kind':'Other'}")).expect(422);
    assertThat(kind.status().message()).contains("kind: Invalid value: \"Other\": must be Widget");
  }

  @Test
  void unknownFieldsAreToldOfOrRefusedAsTheClientWishes() {
    define();
    String body =
        quoted(
            "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a'},"
                + "'spec':{'size':1,'foo':1,'ports':[{'port':1,'bar':2}]}}");
    Answered strict = server.post(WIDGETS + "?fieldValidation=Strict", body).expect(400);
    assertThat(strict.status().message())
        .endsWith(
            "strict decoding error: unknown field \"spec.foo\", unknown field"
                + " \"spec.ports[0].bar\"");
    Answered warned = server.post(WIDGETS + "?fieldValidation=Warn", body).expect(201);
    assertThat(warned.headers().get("Warning")).contains("unknown field \\\"spec.foo\\\"");
  }

  @Test
  void patchesAreMergedAndStrategicOnesAreNotUnderstood() {
    define();
    create("a", "'spec':{'size':3}").expect(201);
    Answered merged = server.merge(WIDGETS + "/a", quoted("{'spec':{'size':4}}")).expect(200);
    assertThat(merged.at("metadata.generation")).isEqualTo("2");
    server
        .patch(
            WIDGETS + "/a",
            "application/json-patch+json",
            quoted("[{'op':'replace','path':'/spec/size','value':5}]"))
        .expect(200);
    Answered strategic =
        server.patch(WIDGETS + "/a", "application/strategic-merge-patch+json", "{}").expect(415);
    assertThat(strategic.status().message())
        .isEqualTo(
            "the body of the request was in an unknown format - accepted media types include:"
                + " application/json-patch+json, application/merge-patch+json,"
                + " application/apply-patch+yaml");
    server.merge(WIDGETS + "/a", quoted("{'spec':{'size':40}}")).expect(422);
    Answered put =
        server
            .put(WIDGETS + "/a", quoted("{'metadata':{'name':'a'},'spec':{'size':1}}"))
            .expect(422);
    assertThat(put.status().message())
        .contains("metadata.resourceVersion: Invalid value: 0: must be specified for an update");
  }

  @Test
  void configurationsAreAppliedByTheSchemasListsAndOwnersConflict() {
    define();
    String mine =
        "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a'},"
            + "'spec':{'size':3,'ports':[{'port':1,'name':'web'}]}}";
    server.apply(WIDGETS + "/a", "me", quoted(mine)).expect(201);
    String theirs =
        "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a'},"
            + "'spec':{'ports':[{'port':2}]}}";
    Answered both = server.apply(WIDGETS + "/a", "they", quoted(theirs)).expect(200);
    assertThat(both.at("spec.ports.0.port")).isEqualTo("1");
    assertThat(both.at("spec.ports.1.port")).isEqualTo("2");
    String conflicting =
        "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a'},"
            + "'spec':{'size':4}}";
    Answered conflict = server.apply(WIDGETS + "/a", "they", quoted(conflicting)).expect(409);
    assertThat(conflict.status().message()).contains("conflict with \"me\": .spec.size");
    String unknown =
        "{'apiVersion':'example.com/v1','kind':'Widget','metadata':{'name':'a'},"
            + "'spec':{'nothing':4}}";
    Answered refused = server.apply(WIDGETS + "/a", "they", quoted(unknown));
    assertThat(refused.text()).contains("nothing: field not declared in schema");
  }

  @Test
  void theStatusIsWrittenByItselfAndCountsNoGeneration() {
    define();
    create("a", "'spec':{'size':3},'status':{'phase':'no'}").expect(201);
    assertThat(server.get(WIDGETS + "/a").at("status")).isEqualTo("<absent>");
    Answered written =
        server
            .merge(WIDGETS + "/a/status", quoted("{'spec':{'size':9},'status':{'phase':'Ready'}}"))
            .expect(200);
    assertThat(written.at("status.phase")).isEqualTo("Ready");
    assertThat(written.at("spec.size")).isEqualTo("3");
    assertThat(written.at("metadata.generation")).isEqualTo("1");
    server.merge(WIDGETS + "/a/status", quoted("{'status':{'phase':1}}")).expect(422);
  }

  @Test
  void theScaleIsReadAndWrittenByThePathsOfTheDefinition() {
    define();
    create("a", "'spec':{'size':3,'replicas':2}").expect(201);
    server
        .merge(WIDGETS + "/a/status", quoted("{'status':{'replicas':1,'selector':'app=a'}}"))
        .expect(200);
    Answered scale = server.get(WIDGETS + "/a/scale").expect(200);
    assertThat(scale.at("kind")).isEqualTo("Scale");
    assertThat(scale.at("spec.replicas")).isEqualTo("2");
    assertThat(scale.at("status.replicas")).isEqualTo("1");
    assertThat(scale.at("status.selector")).isEqualTo("app=a");
    server.merge(WIDGETS + "/a/scale", quoted("{'spec':{'replicas':7}}")).expect(200);
    assertThat(server.get(WIDGETS + "/a").at("spec.replicas")).isEqualTo("7");
  }

  @Test
  void theColumnsOfTheDefinitionMakeTheTable() {
    define();
    create("a", "'spec':{'size':3,'ports':[{'port':80,'name':'web'}]}").expect(201);
    Answered table =
        server
            .send(
                "GET",
                WIDGETS,
                "",
                Map.of("accept", "application/json;as=Table;v=v1;g=meta.k8s.io"))
            .expect(200);
    assertThat(table.at("columnDefinitions.1.name")).isEqualTo("Size");
    assertThat(table.at("rows.0.cells.0")).isEqualTo("a");
    assertThat(table.at("rows.0.cells.1")).isEqualTo("3");
    assertThat(table.at("rows.0.cells.2")).isEqualTo("80");
  }

  @Test
  void protobufIsNotSpokenForTrees() {
    define();
    Map<String, String> proto = Map.of("accept", "application/vnd.kubernetes.protobuf");
    Answered refused = server.send("GET", WIDGETS, "", proto).expect(406);
    assertThat(refused.status().message())
        .isEqualTo(
            "only the following media types are accepted: application/json, application/yaml");
    Map<String, String> either =
        Map.of("accept", "application/vnd.kubernetes.protobuf,application/json");
    server.send("GET", WIDGETS, "", either).expect(200);
  }

  @Test
  void aDefinitionGoesWhenItsObjectsHaveGone() {
    define();
    create("a", "'spec':{'size':3}").expect(201);
    String held =
        "{'metadata':{'name':'held','finalizers':['example.com/hold']},'spec':{'size':3}}";
    server.post(WIDGETS, quoted(held)).expect(201);
    server.delete(DEFINITIONS + "/widgets.example.com").expect(200);
    awaitThat(() -> server.get(WIDGETS + "/a").code() == 404);
    assertThat(condition("widgets.example.com", "Terminating")).isEqualTo("True");
    assertThat(create("b", "'spec':{'size':3}").expect(405).status().message())
        .isEqualTo("create not allowed while custom resource definition is terminating");
    server.merge(WIDGETS + "/held", quoted("{'metadata':{'finalizers':null}}")).expect(200);
    awaitThat(() -> server.get(DEFINITIONS + "/widgets.example.com").code() == 404);
    awaitThat(() -> server.get(WIDGETS).code() == 404);
    define();
    assertThat(server.get(WIDGETS).expect(200).at("items")).isEqualTo("Arr[elements=[]]");
  }

  @Test
  void namesThatAnotherOfTheGroupHasAreNotAccepted() {
    define();
    String other =
        definition(SPEC, "{'type':'object'}", "")
            .replace("widgets", "gadgets")
            .replace("\"kind\":\"Widget\"", "\"kind\":\"Gadget\"");
    server.post(DEFINITIONS, other).expect(201);
    awaitThat(() -> condition("gadgets.example.com", "NamesAccepted").equals("False"));
    Answered refused = server.get(DEFINITIONS + "/gadgets.example.com");
    assertThat(refused.text()).contains("ShortNamesConflict", "\\\"wd\\\" is already in use");
    assertThat(refused.at("status.acceptedNames.plural")).isEqualTo("gadgets");
    assertThat(condition("gadgets.example.com", "Established")).isEqualTo("False");
    server.delete(DEFINITIONS + "/widgets.example.com").expect(200);
    awaitThat(() -> condition("gadgets.example.com", "Established").equals("True"));
  }

  @Test
  void storedObjectsAreReadByTheSchemaOfToday() {
    define();
    create("a", "'spec':{'size':3,'name':'abc'}").expect(201);
    Answered before = server.get(DEFINITIONS + "/widgets.example.com");
    String version = before.at("metadata.resourceVersion");
    String changed =
        definition(
                SPEC,
                SCHEMA
                    .replace("'name':{'type':'string','pattern':'^[a-z]+$','maxLength':5},", "")
                    .replace(
                        "'replicas':{'type':'integer'}",
                        "'replicas':{'type':'integer','default':4}"),
                PARTS)
            .replace(
                "\"name\":\"widgets.example.com\"",
                "\"name\":\"widgets.example.com\",\"resourceVersion\":\"" + version + "\"");
    server.put(DEFINITIONS + "/widgets.example.com", changed).expect(200);
    awaitThat(() -> server.get(WIDGETS + "/a").at("spec.replicas").equals("4"));
    assertThat(server.get(WIDGETS + "/a").at("spec.name")).isEqualTo("<absent>");
  }
}
