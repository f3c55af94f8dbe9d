package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.statusErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AdmissionregistrationV1;
import io.tiphys.api.ApiregistrationV1;
import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.Resource;
import io.tiphys.api.admissionregistration.v1.MutatingWebhook;
import io.tiphys.api.apiregistration.v1.APIService;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.rules.flowcontrol.FlowDefaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What extends and guards the API server itself, in upstream's words. */
class ExtensionRefusalsTest {
  private static final String HOOK =
      "'name':'a.b.c','clientConfig':{'url':'https://x.io/y'},'sideEffects':'None',"
          + "'admissionReviewVersions':['v1']";

  private static String joined(Resource<?> resource, String json) {
    return String.join("; ", errors(resource, json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'name':'a.b','clientConfig':{},'admissionReviewVersions':['v2','v2']} # webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots; webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun; webhooks[0].clientConfig: Required value: exactly one of url or service is required; webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version; webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1
          {'name':'a.b.c','clientConfig':{'url':'http://u@x.io/y?z%f'},'sideEffects':'Some','admissionReviewVersions':[],'timeoutSeconds':31} # webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"; webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds; webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]; webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL; webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL; webhooks[0].clientConfig.url: Invalid value: "z": query parameters are not permitted in the URL; webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1
          """)
  void webhooksMustSayWhoIsCalledAndHow(String hook, String messages) {
    // A row cannot hold the sign that divides its columns.
    String text = hook.replace('%', '#');
    assertThat(
            joined(
                AdmissionregistrationV1.VALIDATINGWEBHOOKCONFIGURATIONS,
                "{'webhooks':[" + text + "]}"))
        .isEqualTo(messages.strip());
  }

  @Test
  void rulesOfWebhooksSayWhatTheyAreAbout() {
    String rules =
        "'rules':[{'operations':['*','CREATE'],'apiGroups':[],'apiVersions':['*','v1'],"
            + "'resources':['*','pods','pods/*','pods/log'],'scope':'Some'}]";
    assertThat(
            errors(
                AdmissionregistrationV1.MUTATINGWEBHOOKCONFIGURATIONS,
                "{'webhooks':[{" + HOOK + "," + rules + "},{" + HOOK + "}]}"))
        .containsExactly(
            "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is"
                + " present, must not specify other operations",
            "webhooks[0].rules[0].apiGroups: Required value",
            "webhooks[0].rules[0].apiVersions: Invalid value: [\"*\",\"v1\"]: if '*' is present,"
                + " must not specify other API versions",
            "webhooks[0].rules[0].resources[3]: Invalid value: \"pods/log\": if 'pods/*' is"
                + " present, must not specify pods/log",
            "webhooks[0].rules[0].resources: Invalid value: [\"*\",\"pods\",\"pods/*\","
                + "\"pods/log\"]: if '*' is present, must not specify other resources without"
                + " subresources",
            "webhooks[0].rules[0].scope: Unsupported value: \"Some\": supported values: \"*\","
                + " \"Cluster\", \"Namespaced\"",
            "webhooks[1].name: Duplicate value: \"a.b.c\"");
  }

  @Test
  void whatAWebhookLeavesOutIsTheUsual() {
    MutatingWebhook hook =
        created(
                AdmissionregistrationV1.MUTATINGWEBHOOKCONFIGURATIONS,
                "{'webhooks':[{" + HOOK + "}]}")
            .webhooks()
            .getFirst();
    assertThat(hook.failurePolicy()).isEqualTo("Fail");
    assertThat(hook.matchPolicy()).isEqualTo("Equivalent");
    assertThat(hook.timeoutSeconds()).isEqualTo(10);
    assertThat(hook.reinvocationPolicy()).isEqualTo("Never");
  }

  @Test
  void policies() {
    assertThat(
            errors(
                AdmissionregistrationV1.VALIDATINGADMISSIONPOLICIES,
                "{'metadata':{'name':'p'},'spec':{'paramKind':{'apiVersion':'a/b/c','kind':''},"
                    + "'variables':[{'name':'in','expression':''}],'validations':[{'expression':"
                    + "' ','message':'a\\nb','reason':'Odd'}],'auditAnnotations':[{'key':'a/b',"
                    + "'valueExpression':''}],'matchConditions':[{'name':'c','expression':''},"
                    + "{'name':'c','expression':'true'}]}}"))
        .contains(
            "spec.paramKind.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string:"
                + " a/b/c",
            "spec.paramKind.kind: Required value",
            "spec.matchConstraints: Required value",
            "spec.matchConditions[0].expression: Required value",
            "spec.matchConditions[1].name: Duplicate value: \"c\"",
            "spec.variables[0].name: Invalid value: \"in\": must be a valid CEL identifier",
            "spec.variables[0].expression: Required value: expression is not specified",
            "spec.validations[0].expression: Required value: expression is not specified",
            "spec.validations[0].message: Invalid value: \"a\\nb\": must not contain line breaks",
            "spec.validations[0].reason: Unsupported value: \"Odd\": supported values:"
                + " \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"",
            "spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not"
                + " specified");
    assertThat(
            errors(
                AdmissionregistrationV1.MUTATINGADMISSIONPOLICIES,
                "{'spec':{'matchConstraints':{'resourceRules':[{'operations':['DELETE'],"
                    + "'apiGroups':[''],'apiVersions':['v1'],'resources':['pods']}]},"
                    + "'mutations':[{'patchType':'JSONPatch','applyConfiguration':{'expression':"
                    + "'x'}}]}}"))
        .containsExactly(
            "spec.matchConstraints.resourceRules.operations: Unsupported value: \"DELETE\":"
                + " supported values: \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\"",
            "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is"
                + " JSONPatch",
            "spec.mutations[0].applyConfiguration: Invalid value: \"{applyConfiguration}\": must"
                + " not be specified when patchType is JSONPatch",
            "spec.reinvocationPolicy: Required value");
  }

  @Test
  void bindings() {
    assertThat(
            errors(
                AdmissionregistrationV1.VALIDATINGADMISSIONPOLICYBINDINGS,
                "{'spec':{'policyName':'','paramRef':{'name':'n','selector':{}},"
                    + "'validationActions':['Deny','Warn','Deny']}}"))
        .containsExactly(
            "spec.policyName: Required value",
            "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
            "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
            "spec.paramRef.parameterNotFoundAction: Required value",
            "spec.validationActions[2]: Duplicate value: \"Deny\"",
            "spec.validationActions: Invalid value: [\"Deny\",\"Warn\",\"Deny\"]: must not contain"
                + " both Deny and Warn (repeating the same validation failure information in the"
                + " API response and headers serves no purpose)");
  }

  @Test
  void apiServices() {
    assertThat(
            errors(
                ApiregistrationV1.APISERVICES,
                "{'metadata':{'name':'v2.x'},'spec':{'version':'v1','groupPriorityMinimum':0,"
                    + "'versionPriority':1001,'insecureSkipTLSVerify':true}}"))
        .containsExactly(
            "metadata.name: Invalid value: \"v2.x\": must be `spec.version+\".\"+spec.group`:"
                + " \"v1.\"",
            "spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000",
            "spec.versionPriority: Invalid value: 1001: must be positive and less than 1000",
            "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have"
                + " insecureSkipTLSVerify");
    APIService remote =
        created(
            ApiregistrationV1.APISERVICES,
            "{'spec':{'service':{'namespace':'n','name':'s'}},'status':{'conditions':[{}]}}");
    assertThat(remote.spec().service()).extracting(s -> s.port()).isEqualTo(443);
    assertThat(remote.status().conditions()).isEmpty();
    assertThat(
            statusErrors(
                ApiregistrationV1.APISERVICES, "{}", "{'status':{'conditions':[{'status':'x'}]}}"))
        .containsExactly(
            "status.conditions[0].status: Unsupported value: \"x\": supported values: \"True\","
                + " \"False\", \"Unknown\"");
  }

  @Test
  void flowSchemas() {
    assertThat(
            errors(
                FlowcontrolV1.FLOWSCHEMAS,
                "{'metadata':{'name':'x'},'spec':{'matchingPrecedence':1,'distinguisherMethod':"
                    + "{'type':'ByMood'},'rules':[{'subjects':[{'kind':'User','group':{'name':"
                    + "'g'}}],'resourceRules':[{'verbs':['*','get'],'apiGroups':['a'],"
                    + "'resources':[]}],'nonResourceRules':[{'verbs':['look'],"
                    + "'nonResourceURLs':['/a*','x']}]}]}}"))
        .containsExactly(
            "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have"
                + " matchingPrecedence 1",
            "spec.distinguisherMethod.type: Unsupported value: {\"Type\":\"ByMood\"}: supported"
                + " values: \"ByNamespace\", \"ByUser\"",
            "spec.priorityLevelConfiguration.name: Required value: must reference a priority"
                + " level",
            "spec.rules[0].subjects[0].user: Required value: user is required when subject kind"
                + " is 'User'",
            "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is"
                + " not 'Group'",
            "spec.rules[0].resourceRules[0].verbs: Invalid value: [\"*\",\"get\"]: if '*' is"
                + " present, must not specify other verbs",
            "spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply"
                + " at least one resource",
            "spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are"
                + " not cluster scoped must supply at least one namespace",
            "spec.rules[0].nonResourceRules[0].verbs: Unsupported value: [\"look\"]: supported"
                + " values: \"create\", \"delete\", \"deletecollection\", \"get\", \"list\","
                + " \"patch\", \"proxy\", \"update\", \"watch\"",
            "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"/a*\":"
                + " wildcard can only do suffix matching",
            "spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: \"x\": must"
                + " start with slash");
  }

  @Test
  void priorityLevels() {
    assertThat(
            errors(
                FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS,
                "{'metadata':{'name':'x'},'spec':{'type':'Limited','limited':{'lendablePercent':"
                    + "101,'borrowingLimitPercent':-1,'limitResponse':{'type':'Queue','queuing':"
                    + "{'queues':1000,'handSize':9,'queueLengthLimit':-1}}}}}"))
        .containsExactly(
            "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be"
                + " positive",
            "spec.limited.limitResponse.queuing.handSize: Invalid value: 9: required entropy bits"
                + " of deckSize 1000 and handSize 9 should not be greater than 60",
            "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100,"
                + " inclusive",
            "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a"
                + " non-negative integer");
    assertThat(
            joined(
                FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS,
                "{'metadata':{'name':'catch-all'},'spec':{'type':'Limited','limited':"
                    + "{'limitResponse':{'type':'Reject'}}}}"))
        .startsWith("spec: Invalid value: {\"Type\":\"Limited\",")
        .endsWith(": spec of 'catch-all' must equal the fixed value");
  }

  @Test
  void whatEveryClusterBeginsWithIsGood() {
    for (FlowSchema schema : FlowDefaults.schemas()) {
      assertThat(Rules.of(FlowcontrolV1.FLOWSCHEMAS).validate(schema)).isEmpty();
      assertThat(Rules.of(FlowcontrolV1.FLOWSCHEMAS).defaults(schema)).isEqualTo(schema);
    }
    FlowDefaults.levels()
        .forEach(
            level -> {
              var rules = Rules.of(FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS);
              assertThat(rules.validate(level)).isEmpty();
              assertThat(rules.defaults(level)).isEqualTo(level);
            });
    assertThat(defaulted(FlowcontrolV1.FLOWSCHEMAS, "{'spec':{}}").spec().matchingPrecedence())
        .isEqualTo(1000);
  }
}
