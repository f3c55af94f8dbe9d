package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Limit ranges that are refused, in the words of ValidateLimitRange. */
class LimitRefusalsTest {
  private static final String AT = "spec.limits[0].";

  private static Arguments row(String type, String more, String... messages) {
    return Arguments.of("{'type':'" + type + "'" + more + "}", messages);
  }

  static Stream<Arguments> limits() {
    String ratio = ",'min':{'cpu':'100m'},'max':{'cpu':'400m'},'maxLimitRequestRatio':{'cpu':'%s'}";
    return Stream.of(
        row("Container", ",'max':{'cpu':'1'},'min':{'cpu':'500m'}"),
        row("example.com/Thing", ",'max':{'storage':'1'}"),
        row(
            "Thing",
            "",
            AT
                + "type: Invalid value: \"Thing\": must be a standard limit type or fully"
                + " qualified"),
        row(
            "Container",
            ",'max':{'storage':'1'}",
            AT
                + "max[storage]: Invalid value: \"storage\": must be a standard resource for"
                + " containers",
            AT
                + "default[storage]: Invalid value: \"storage\": must be a standard resource for"
                + " containers",
            AT
                + "defaultRequest[storage]: Invalid value: \"storage\": must be a standard resource"
                + " for containers"),
        row(
            "Pod",
            ",'default':{'cpu':'1'},'defaultRequest':{'cpu':'2'}",
            AT + "default: Forbidden: may not be specified when `type` is 'Pod'",
            AT + "defaultRequest: Forbidden: may not be specified when `type` is 'Pod'"),
        row(
            "PersistentVolumeClaim",
            ",'max':{'requests.storage':'1'}",
            AT
                + "limits: Required value: either minimum or maximum storage value is required,"
                + " but neither was provided"),
        row("Container", ratio.formatted("4")),
        row(
            "Container",
            ratio.formatted("5"),
            AT
                + "maxLimitRequestRatio[cpu]: Invalid value: \"5\": ratio 5 is greater than max/min"
                + " = 4.000000"),
        row(
            "Container",
            ",'maxLimitRequestRatio':{'memory':'800m'}",
            AT
                + "maxLimitRequestRatio[memory]: Invalid value: \"800m\": ratio 800m is less than"
                + " 1"),
        row(
            "Container",
            ",'default':{'hugepages-2Mi':'4Mi'},'defaultRequest':{'hugepages-2Mi':'2Mi'}",
            AT
                + "defaultRequest[hugepages-2Mi]: Invalid value: \"2Mi\": default value 4Mi must"
                + " equal to defaultRequest value 2Mi in hugepages-2Mi"));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void whatIsWrongIsSaid(String item, String... messages) {
    assertThat(errors(CoreV1.LIMITRANGES, "{'spec':{'limits':[" + item + "]}}"))
        .containsExactly(messages);
  }
}
