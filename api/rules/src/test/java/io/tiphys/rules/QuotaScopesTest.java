package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which scopes a quota may have, for what, and how they are selected; in the words of upstream's
 * validateResourceQuotaScopes and validateScopedResourceSelectorRequirement.
 */
class QuotaScopesTest {
  private static final String SCOPES = "spec.scopes: Invalid value: ";
  private static final String SELECTOR = "spec.scopeSelector.matchExpressions";
  private static final String ONLY_EXISTS =
      ": must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
          + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
          + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
  private static final String SOME_VALUE =
      SELECTOR
          + ".values: Required value: must be at least one value when `operator` is 'In' or 'NotIn'"
          + " for scope selector";
  private static final String UNFIT = ": unsupported scope applied to resource";

  private static String quota(String hard, String spec) {
    return "{'spec':{'hard':{" + hard + "}," + spec + "}}";
  }

  private static String plain(String scopes) {
    return quota("'pods':'1'", "'scopes':[" + scopes + "]");
  }

  private static String selector(String hard, String... requirements) {
    String all = String.join(",", requirements);
    return quota(hard, "'scopeSelector':{'matchExpressions':[" + all + "]}");
  }

  private static String requirement(String scope, String operator, String values) {
    return "{'scopeName':'%s','operator':'%s','values':[%s]}".formatted(scope, operator, values);
  }

  private static Arguments row(String object, String... messages) {
    return Arguments.of(object, messages);
  }

  static Stream<Arguments> scopes() {
    return Stream.of(
        row(plain("'Terminating','BestEffort','PriorityClass'")),
        row(plain("'New'"), SCOPES + "[\"New\"]: unsupported scope"),
        row(
            plain("'BestEffort','NotBestEffort'"),
            SCOPES + "[\"BestEffort\",\"NotBestEffort\"]: conflicting scopes"),
        row(
            plain("'NotTerminating','Terminating'"),
            SCOPES + "[\"NotTerminating\",\"Terminating\"]: conflicting scopes"));
  }

  static Stream<Arguments> selectors() {
    String pods = "'pods':'1'";
    return Stream.of(
        row(selector(pods, requirement("PriorityClass", "In", "'high'"))),
        row(selector(pods, requirement("PriorityClass", "NotIn", "'high','low'"))),
        row(selector(pods, requirement("PriorityClass", "Exists", ""))),
        row(selector(pods, requirement("PriorityClass", "DoesNotExist", ""))),
        row(selector(pods, requirement("Terminating", "Exists", ""))),
        row(
            selector(pods, requirement("New", "Exists", "")),
            SELECTOR + ".scopeName: Invalid value: \"New\": unsupported scope"),
        row(selector(pods, requirement("PriorityClass", "In", "")), SOME_VALUE),
        row(selector(pods, requirement("PriorityClass", "NotIn", "")), SOME_VALUE),
        row(
            selector(pods, requirement("PriorityClass", "Exists", "'a'")),
            SELECTOR
                + ".values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exist' or"
                + " 'DoesNotExist' for scope selector"),
        row(
            selector(pods, requirement("PriorityClass", "Gt", "'a'")),
            SELECTOR + ".operator: Invalid value: \"Gt\": not a valid selector operator"),
        row(
            selector(pods, requirement("BestEffort", "In", "'a'")),
            SELECTOR + ".operator: Invalid value: \"In\"" + ONLY_EXISTS),
        row(
            selector(pods, requirement("CrossNamespacePodAffinity", "DoesNotExist", "")),
            SELECTOR + ".operator: Invalid value: \"DoesNotExist\"" + ONLY_EXISTS),
        row(
            selector(
                pods,
                requirement("BestEffort", "Exists", ""),
                requirement("NotBestEffort", "Exists", "")),
            SELECTOR + ": Invalid value: null: conflicting scopes"),
        row(
            selector("'services':'1'", requirement("PriorityClass", "In", "'high'")),
            SELECTOR
                + ": Invalid value: {\"MatchExpressions\":[{\"ScopeName\":\"PriorityClass\","
                + "\"Operator\":\"In\",\"Values\":[\"high\"]}]}"
                + UNFIT),
        row(
            selector("'services':'1'", requirement("Terminating", "Exists", "")),
            SELECTOR
                + ": Invalid value: {\"MatchExpressions\":[{\"ScopeName\":\"Terminating\","
                + "\"Operator\":\"Exists\",\"Values\":null}]}"
                + UNFIT));
  }

  @ParameterizedTest
  @MethodSource({"scopes", "selectors"})
  void scopesAndSelectorsAreRefusedInUpstreamsWords(String quota, String... messages) {
    assertThat(errors(CoreV1.RESOURCEQUOTAS, quota)).containsExactly(messages);
  }

  @ParameterizedTest
  @CsvSource({
    "Terminating, pods, true",
    "Terminating, requests.cpu, true",
    "Terminating, limits.memory, true",
    "Terminating, ephemeral-storage, false",
    "NotTerminating, cpu, true",
    "NotTerminating, secrets, false",
    "NotBestEffort, memory, true",
    "NotBestEffort, requests.storage, false",
    "PriorityClass, limits.cpu, true",
    "PriorityClass, persistentvolumeclaims, false",
    "CrossNamespacePodAffinity, pods, true",
    "CrossNamespacePodAffinity, hugepages-2Mi, false",
    "BestEffort, pods, true",
    "BestEffort, cpu, false",
    "VolumeAttributesClass, persistentvolumeclaims, true",
    "VolumeAttributesClass, requests.storage, true",
    "VolumeAttributesClass, pods, false",
    "BestEffort, example.com/gpus, true",
    "BestEffort, count/deployments.apps, true"
  })
  void aScopeGoesWithSomeResourcesOnly(String scope, String resource, boolean fits) {
    String quota = quota("'" + resource + "':'1'", "'scopes':['" + scope + "']");
    if (fits) {
      assertThat(errors(CoreV1.RESOURCEQUOTAS, quota)).isEmpty();
    } else {
      assertThat(errors(CoreV1.RESOURCEQUOTAS, quota))
          .containsExactly(SCOPES + "[\"" + scope + "\"]" + UNFIT);
    }
  }

  @Test
  void eachResourceThatDoesNotFitIsToldOf() {
    assertThat(
            errors(
                CoreV1.RESOURCEQUOTAS,
                quota("'cpu':'1','memory':'1','pods':'1'", "'scopes':['BestEffort']")))
        .containsExactly(SCOPES + "[\"BestEffort\"]" + UNFIT, SCOPES + "[\"BestEffort\"]" + UNFIT);
  }

  @Test
  void theScopesOfAQuotaStayAndTheirOrderIsNoMatter() {
    String two = plain("'Terminating','BestEffort'");
    assertThat(updateErrors(CoreV1.RESOURCEQUOTAS, two, plain("'BestEffort','Terminating'")))
        .isEmpty();
    assertThat(updateErrors(CoreV1.RESOURCEQUOTAS, two, plain("'BestEffort'")))
        .containsExactly(SCOPES + "[\"BestEffort\"]: field is immutable");
    assertThat(
            updateErrors(CoreV1.RESOURCEQUOTAS, plain(""), plain("'BestEffort','NotBestEffort'")))
        .containsExactly(
            SCOPES + "[\"BestEffort\",\"NotBestEffort\"]: conflicting scopes",
            SCOPES + "[\"BestEffort\",\"NotBestEffort\"]: field is immutable");
  }
}
