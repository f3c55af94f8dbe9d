package io.tiphys.rules.customresources;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.WriteContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What definitions may say, with upstream's refusals of what they may not. */
class DefinitionRulesTest {
  private static final DefinitionRules RULES = new DefinitionRules();
  private static final WriteContext CONTEXT =
      new WriteContext("u", "", List.of(), Map.of(), Instant.EPOCH);
  private static final String NAMES = "'names':{'plural':'widgets','kind':'Widget'}";

  private static CustomResourceDefinition read(String json) {
    CustomResourceDefinition definition =
        ObjectCodec.fromJson(
            CustomResourceDefinition.TYPE,
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    return RULES.prepareForCreate(RULES.defaults(definition), CONTEXT);
  }

  private static String whole(String schema, String more) {
    return "{'metadata':{'name':'widgets.example.com'},'spec':{'group':'example.com',"
        + "'scope':'Namespaced',"
        + NAMES
        + ",'versions':[{'name':'v1','served':true,'storage':true,"
        + "'schema':{'openAPIV3Schema':"
        + schema
        + "}"
        + more
        + "}]}}";
  }

  private static List<String> problems(String json) {
    return RULES.validate(read(json)).stream().map(FieldError::message).toList();
  }

  private static String at(String property) {
    return "{'type':'object','properties':{'p':" + property + "}}";
  }

  @Test
  void aPlainDefinitionIsCompletedAndGood() {
    CustomResourceDefinition definition = read(whole("{'type':'object'}", ""));
    assertThat(RULES.validate(definition)).isEmpty();
    assertThat(definition.spec().names().singular()).isEqualTo("widget");
    assertThat(definition.spec().names().listKind()).isEqualTo("WidgetList");
    assertThat(definition.status().storedVersions()).containsExactly("v1");
    assertThat(definition.metadata().generation()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                        | spec.validation.openAPIV3Schema.properties[p].type: Required value: must not be empty for specified object fields
          {'type':'strin'}                                          | spec.validation.openAPIV3Schema.properties[p].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string"
          {'type':'array'}                                          | spec.validation.openAPIV3Schema.properties[p].items: Required value: must be specified
          {'type':'string','pattern':'('}                           | spec.validation.openAPIV3Schema.properties[p].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`
          {'type':'string','pattern':'(?=a)'}                       | spec.validation.openAPIV3Schema.properties[p].pattern: Invalid value: "(?=a)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: `(?=`
          {'type':'string','default':1}                             | spec.validation.openAPIV3Schema.properties[p].default: Invalid value: "integer":  in body must be of type string: "integer"
          {'type':'array','uniqueItems':true,'items':{'type':'string'}} | spec.validation.openAPIV3Schema.properties[p].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic
          {'type':'object','properties':{},'additionalProperties':{'type':'string'},'x-kubernetes-map-type':'other'} | spec.validation.openAPIV3Schema.properties[p].x-kubernetes-map-type: Unsupported value: "other": supported values: "atomic", "granular"
          {'type':'array','items':{'type':'string'},'x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['a']} | spec.validation.openAPIV3Schema.properties[p].items.type: Invalid value: "string": must be object if parent array's x-kubernetes-list-type is map
          {'type':'string','nullable':true,'anyOf':[{'type':'string'}]} | spec.validation.openAPIV3Schema.properties[p].anyOf[0].type: Forbidden: must be empty to be structural
          {'type':'object','x-kubernetes-preserve-unknown-fields':false} | spec.validation.openAPIV3Schema.properties[p].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined
          {'type':'object','x-kubernetes-embedded-resource':true}   | spec.validation.openAPIV3Schema.properties[p].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields
          """)
  void badSchemasAreRefused(String property, String problem) {
    assertThat(problems(whole(at(property), ""))).anyMatch(each -> each.endsWith(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``            | Required value
          [             | Invalid value: "[": is an invalid path: array notation is not allowed
          spec          | Invalid value: "spec": is an invalid path: expected [ or . but got: spec
          .other        | Invalid value: ".other": is an invalid path: does not refer to a valid field
          .metadata.name | Invalid value: ".metadata.name": must not point to fields in metadata
          .p.           | Invalid value: ".p.": is an invalid path: unexpected end of JSON path
          .o            | Invalid value: ".o": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.
          """)
  void badSelectableFieldsAreRefused(String path, String problem) {
    String schema = "{'type':'object','properties':{'p':{'type':'string'},'o':{'type':'object'}}}";
    String more = ",'selectableFields':[{'jsonPath':'.p'},{'jsonPath':'" + path + "'}]";
    assertThat(problems(whole(schema, more)))
        .contains("spec.selectableFields[1].jsonPath: " + problem);
    assertThat(problems(whole(schema, ",'selectableFields':[{'jsonPath':'.p'}]"))).isEmpty();
  }

  @Test
  void anIntegerOrAStringIsNoTypeOfItsOwn() {
    String either =
        "{'x-kubernetes-int-or-string':true,'anyOf':[{'type':'integer'},{'type':'string'}]}";
    assertThat(problems(whole(at(either), ""))).isEmpty();
  }

  @Test
  void valuesAreJudgedOnlyWhereThereIsStructure() {
    String schema =
        "{'type':'object','properties':{'p':{'type':'string'}},"
            + "'anyOf':[{'required':['p']},{'properties':{'q':{'minLength':1}}}]}";
    assertThat(problems(whole(schema, "")))
        .containsExactly(
            "spec.validation.openAPIV3Schema.properties[q]: Required value: because it is defined"
                + " in spec.validation.openAPIV3Schema.anyOf[1].properties[q]");
  }

  @Test
  void columnsAndPathsAreChecked() {
    String more =
        ",'additionalPrinterColumns':[{'name':'A','type':'text','jsonPath':'spec.a'}],"
            + "'subresources':{'scale':{'specReplicasPath':'.replicas',"
            + "'statusReplicasPath':'.status.n'}}";
    assertThat(problems(whole("{'type':'object'}", more)))
        .containsExactly(
            "spec.subresources.scale.specReplicasPath: Invalid value: \".replicas\": should be a"
                + " json path under .spec",
            "spec.additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of"
                + " boolean,date,integer,number,string",
            "spec.additionalPrinterColumns[0].JSONPath: Invalid value: \"spec.a\": must be a simple"
                + " json path starting with .");
  }

  @Test
  void namesGroupsAndVersionsAreChecked() {
    String json =
        "{'metadata':{'name':'other'},'spec':{'group':'nodot','scope':'Somewhere',"
            + "'names':{'plural':'Wid','kind':'Widget','listKind':'Widget'},'versions':["
            + "{'name':'V1','served':true,'storage':false,'schema':{'openAPIV3Schema':"
            + "{'type':'object'}}}]},'status':{'storedVersions':['v1']}}";
    assertThat(problems(json))
        .anyMatch(each -> each.startsWith("metadata.name: Invalid value: \"other\": must be spec"))
        .contains(
            "spec.group: Invalid value: \"nodot\": should be a domain with at least one dot",
            "spec.scope: Unsupported value: \"Somewhere\": supported values: \"Cluster\","
                + " \"Namespaced\"",
            "spec.names.listKind: Invalid value: \"Widget\": kind and listKind may not be the same")
        .anyMatch(each -> each.endsWith("must have exactly one version marked as storage version"))
        .anyMatch(each -> each.startsWith("spec.names.plural: Invalid value: \"Wid\": a DNS-1035"));
  }

  @Test
  void groupsOfKubernetesNeedApproval() {
    String json = whole("{'type':'object'}", "").replace("example.com", "x.k8s.io");
    assertThat(problems(json))
        .containsExactly(
            "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups"
                + " must have approval annotation \"api-approved.kubernetes.io\", see"
                + " https://github.com/kubernetes/enhancements/pull/1111");
  }

  @Test
  void rulesThatAreThereAlreadyAreNotJudgedAgain() {
    String wrong = "{'type':'object','x-kubernetes-validations':[{'rule':'self.nothing'}]}";
    CustomResourceDefinition stored = read(whole(wrong, ""));
    assertThat(RULES.validate(stored)).hasSize(1);
    CustomResourceDefinition named =
        stored.withMetadata(
            stored.metadata().withFinalizers(List.of()).withLabels(Map.of("a", "b")));
    assertThat(RULES.validateUpdate(named, stored)).isEmpty();
    CustomResourceDefinition changed = read(whole(wrong.replace("nothing", "none"), ""));
    assertThat(RULES.validateUpdate(changed, stored)).hasSize(1);
  }

  @Test
  void whatIsEstablishedKeepsItsScopeAndKind() {
    CustomResourceDefinition definition = read(whole("{'type':'object'}", ""));
    CustomResourceDefinition established =
        Definitions.with(
            definition,
            CustomResourceDefinitionCondition.builder().type("Established").status("True").build(),
            Instant.EPOCH);
    CustomResourceDefinition changed =
        established.withSpec(established.spec().withScope("Cluster"));
    assertThat(RULES.validateUpdate(changed, established).stream().map(FieldError::message))
        .containsExactly("spec.scope: Invalid value: \"Cluster\": field is immutable");
  }

  private static String converted(String conversion) {
    return whole("{'type':'object'}", "")
        .replace("'scope':", "'conversion':" + conversion + ",'scope':");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'strategy':'None'} | ``
          {'strategy':'Some'} | spec.conversion.strategy: Unsupported value: "Some": supported values: "None", "Webhook"
          {'strategy':'None','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'https://a'}}} | spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook;spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook
          {'strategy':'Webhook'} | spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook;spec.conversion.conversionReviewVersions: Required value
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{}}} | spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'https://a/b'}}} | ``
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'http://a'}}} | spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'https://u@a?q=1#f'}}} | spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL;spec.conversion.webhookClientConfig.url: Invalid value: "f": fragments are not permitted in the URL;spec.conversion.webhookClientConfig.url: Invalid value: "q=1": query parameters are not permitted in the URL
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'service':{'namespace':'a','name':'b'}}}} | ``
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'service':{}}}} | spec.conversion.webhookClientConfig.service.name: Required value;spec.conversion.webhookClientConfig.service.namespace: Required value
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'service':{'namespace':'a','name':'b','port':65536,'path':'//'}}}} | spec.conversion.webhookClientConfig.service.port: Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive;spec.conversion.webhookClientConfig.service.path: Invalid value: "//": segment[0] may not be empty
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v2'],'clientConfig':{'url':'https://a'}}} | spec.conversion.conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1','v1'],'clientConfig':{'url':'https://a'}}} | spec.conversion.conversionReviewVersions[1]: Invalid value: "v1": duplicate version
          {'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],'clientConfig':{'url':'https://a','caBundle':'eA=='}}} | spec.conversion.webhookClientConfig.caBundle: Invalid value: "eA==": unable to load root certificates: unable to parse bytes as PEM block
          """)
  void conversionsAreChecked(String conversion, String expected) {
    assertThat(String.join("\n", problems(converted(conversion)))).isEqualTo(lines(expected));
  }

  private static String lines(String expected) {
    return expected.replace(";spec.", "\nspec.");
  }

  @Test
  void aConversionsServiceListensWhereSecureOnesDo() {
    CustomResourceDefinition definition =
        read(
            converted(
                "{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],"
                    + "'clientConfig':{'service':{'namespace':'a','name':'b'}}}}"));
    var webhook = requireNonNull(requireNonNull(definition.spec().conversion()).webhook());
    assertThat(requireNonNull(requireNonNull(webhook.clientConfig()).service()).port())
        .isEqualTo(443);
  }
}
