package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.EventsV1;
import io.tiphys.api.Resource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Events that are refused, in the words of ValidateEventCreate and ValidateEventUpdate. */
class EventRefusalsTest {
  private static final String NAMESPACE =
      "involvedObject.namespace: Invalid value: \"%s\": does not match event.namespace";
  private static final String REPORTED =
      "'eventTime':'2026-01-01T00:00:00.000001Z','reportingInstance':'i','action':'a',"
          + "'reason':'r'";
  private static final String NEW = REPORTED + ",'reportingController':'c','type':'Normal'";

  private static Arguments core(String namespace, String event, String... messages) {
    return Arguments.of(CoreV1.EVENTS, in(namespace, event), messages);
  }

  private static Arguments event(String event, String... messages) {
    return Arguments.of(EventsV1.EVENTS, in("default", event), messages);
  }

  private static String in(String namespace, String event) {
    return "{'metadata':{'namespace':'" + namespace + "'}," + event + "}";
  }

  static Stream<Arguments> events() {
    String long129 = "x".repeat(129);
    return Stream.of(
        core("default", "'involvedObject':{}"),
        core("a", "'involvedObject':{'namespace':'a'}"),
        core("a", "'involvedObject':{}", NAMESPACE.formatted("")),
        core("a", "'involvedObject':{'namespace':'b'}", NAMESPACE.formatted("b")),
        core("kube-system", REPORTED + ",'reportingComponent':'c'"),
        core("a", REPORTED + ",'reportingComponent':'c'", NAMESPACE.formatted("")),
        core(
            "default",
            "'eventTime':'2026-01-01T00:00:00.000001Z','reportingComponent':'c','message':'"
                + "m".repeat(1025)
                + "'",
            "reportingInstance: Required value",
            "action: Required value",
            "reason: Required value",
            "message: Invalid value: \"\": can have at most 1024 characters"),
        core(
            "default",
            "'eventTime':'2026-01-01T00:00:00.000001Z','reportingComponent':'c',"
                + "'reportingInstance':'%s','action':'%s','reason':'%s'"
                    .formatted(long129, long129, long129),
            "reportingInstance: Invalid value: \"\": can have at most 128 characters",
            "action: Invalid value: \"\": can have at most 128 characters",
            "reason: Invalid value: \"\": can have at most 128 characters"),
        event(NEW),
        event(
            NEW.replace("'Normal'", "'Odd'") + ",'deprecatedCount':1,'series':{'count':1}",
            "series.count: Invalid value: \"\": should be at least 2",
            "series.lastObservedTime: Required value",
            "type: Invalid value: \"\": has invalid value: Odd",
            "count: Invalid value: \"\": needs to be unset"),
        event(
            "'type':'Warning','deprecatedFirstTimestamp':'2026-01-01T00:00:00Z',"
                + "'deprecatedLastTimestamp':'2026-01-01T00:00:00Z',"
                + "'deprecatedSource':{'host':'h'}",
            "eventTime: Required value",
            "firstTimestamp: Invalid value: \"\": needs to be unset",
            "lastTimestamp: Invalid value: \"\": needs to be unset",
            "source: Invalid value: \"\": needs to be unset"));
  }

  @ParameterizedTest
  @MethodSource("events")
  void whatIsWrongIsSaid(Resource<?> resource, String event, String... messages) {
    assertThat(errors(resource, event)).containsExactly(messages);
  }

  @Test
  void onlyTheSeriesOfANewEventGoesOn() {
    String old = in("default", NEW);
    String series = ",'series':{'count':2,'lastObservedTime':'2026-01-01T00:00:00.000000Z'}";
    assertThat(updateErrors(EventsV1.EVENTS, old, in("default", NEW + series))).isEmpty();
    String now =
        NEW.replace("'r'", "'s'").replace("000001Z", "000002Z")
            + ",'note':'n','regarding':{'name':'x','namespace':'default'}";
    assertThat(updateErrors(EventsV1.EVENTS, old, in("default", now)))
        .containsExactly(
            "involvedObject: Invalid value: {\"Kind\":\"\",\"Namespace\":\"default\","
                + "\"Name\":\"x\",\"UID\":\"\",\"APIVersion\":\"\",\"ResourceVersion\":\"\","
                + "\"FieldPath\":\"\"}: field is immutable",
            "reason: Invalid value: \"s\": field is immutable",
            "message: Invalid value: \"n\": field is immutable",
            "reason: Invalid value: \"s\": field is immutable",
            "eventTime: Invalid value: \"2026-01-01T00:00:00.000002Z\": field is immutable");
  }

  @Test
  void anEventOfTheCoreGroupMayChangeAltogether() {
    assertThat(
            updateErrors(
                CoreV1.EVENTS, in("default", "'reason':'a'"), in("default", "'reason':'b'")))
        .isEmpty();
  }
}
