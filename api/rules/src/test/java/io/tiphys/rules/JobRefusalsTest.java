package io.tiphys.rules;

import static io.tiphys.rules.Written.UID;
import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.patchErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.BatchV1;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobCondition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that are refused, in the words of pkg/apis/batch/validation. */
class JobRefusalsTest {
  private static final String JOB =
      "{'metadata':{'name':'j'},'spec':{%s'template':{'metadata':{'labels':{'a':'b'}},'spec':"
          + "{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}";
  private static final String CRON =
      "{'metadata':{'name':'j'},'spec':{'schedule':'%s'%s,'jobTemplate':{'spec':{'template':"
          + "{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}}";
  private static final String SUSPENDED = JOB.formatted("'suspend':true,");
  private static final String INDEXED = "'completionMode':'Indexed','completions':3,";

  private static Arguments row(String spec, String... messages) {
    return Arguments.of(JOB.formatted(spec.isEmpty() ? "" : spec + ","), messages);
  }

  private static Arguments failure(String rule, String... messages) {
    return row("'podFailurePolicy':{'rules':[{" + rule + "}]}", messages);
  }

  private static Arguments success(String rule, String... messages) {
    return row(INDEXED + "'successPolicy':{'rules':[{" + rule + "}]}", messages);
  }

  static Stream<Arguments> failurePolicies() {
    String rule = "spec.podFailurePolicy.rules[0]";
    return Stream.of(
        failure(
            "'onExitCodes':{'operator':'In','values':[1]}",
            rule
                + ".action: Required value: valid values: [\"Count\" \"FailIndex\" \"FailJob\""
                + " \"Ignore\"]"),
        failure(
            "'action':'Sleep','onExitCodes':{'operator':'In','values':[1]}",
            rule
                + ".action: Unsupported value: \"Sleep\": supported values: \"Count\","
                + " \"FailIndex\", \"FailJob\", \"Ignore\""),
        failure(
            "'action':'FailIndex','onExitCodes':{'operator':'In','values':[1]}",
            rule
                + ".action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be"
                + " set"),
        failure(
            "'action':'Count'",
            rule
                + ": Invalid value: specifying one of OnExitCodes and OnPodConditions is"
                + " required"),
        failure(
            "'action':'Count','onExitCodes':{'operator':'In','values':[1]},"
                + "'onPodConditions':[{'type':'DisruptionTarget'}]",
            rule
                + ": Invalid value: specifying both OnExitCodes and OnPodConditions is not"
                + " supported"),
        failure(
            "'action':'Count','onExitCodes':{'containerName':'d','operator':'In','values':[3,0,3]}",
            rule
                + ".onExitCodes.containerName: Invalid value: \"d\": must be one of the container"
                + " or initContainer names in the pod template",
            rule + ".onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
            rule + ".onExitCodes.values[2]: Duplicate value: 3",
            rule + ".onExitCodes.values: Invalid value: [3,0,3]: must be ordered"),
        failure(
            "'action':'Count','onExitCodes':{'operator':'NotIn'}",
            rule + ".onExitCodes.values: Invalid value: null: at least one value is required"),
        failure(
            "'action':'Count','onPodConditions':[{'type':'A','status':'Yes'}]",
            rule
                + ".onPodConditions[0].status: Unsupported value: \"Yes\": supported values:"
                + " \"False\", \"True\", \"Unknown\""),
        row(
            "'podReplacementPolicy':'TerminatingOrFailed','podFailurePolicy':{'rules':[{'action':"
                + "'Count','onExitCodes':{'operator':'In','values':[1]}}]}",
            "spec.podReplacementPolicy: Unsupported value: \"TerminatingOrFailed\": supported"
                + " values: \"Failed\""));
  }

  static Stream<Arguments> successPolicies() {
    String rule = "spec.successPolicy.rules[0]";
    return Stream.of(
        row(
            "'successPolicy':{'rules':[{'succeededCount':1}]}",
            "spec.successPolicy: Invalid value: {\"Rules\":[{\"SucceededIndexes\":null,"
                + "\"SucceededCount\":1}]}: requires indexed completion mode"),
        row(
            INDEXED + "'successPolicy':{}",
            "spec.successPolicy.rules: Required value: at least one rules must be specified when"
                + " the successPolicy is specified"),
        success(
            "",
            rule
                + ": Required value: at least one of succeededCount or succeededIndexes must be"
                + " specified"),
        success(
            "'succeededIndexes':'1-3'",
            rule
                + ".succeededIndexes: Invalid value: \"1-3\": error parsing succeededIndexes: too"
                + " large index: \"3\""),
        success(
            "'succeededIndexes':'0-1','succeededCount':4",
            rule
                + ".succeededCount: Invalid value: 4: must be less than or equal to 3 (the number"
                + " of specified completions)",
            rule
                + ".succeededCount: Invalid value: 4: must be less than or equal to 2 (the number"
                + " of indexes in the specified succeededIndexes field)"));
  }

  static Stream<Arguments> counts() {
    return Stream.of(
        row(
            "'managedBy':'me'",
            "spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as"
                + " \"acme.io/foo\")"),
        row("'managedBy':''", "spec.managedBy: Required value"),
        row(
            "'managedBy':'acme.io/" + "x".repeat(60) + "'",
            "spec.managedBy: Too long: may not be more than 63 bytes"),
        row(
            "'completionMode':'Indexed','completions':100001,'parallelism':10001,"
                + "'backoffLimitPerIndex':1",
            "spec.maxFailedIndexes: Required value: must be specified when completions is above"
                + " 100000",
            "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when"
                + " completions are above 100000 and used with backoff limit per index"),
        row(
            "'completionMode':'Indexed','completions':100002,'backoffLimitPerIndex':1,"
                + "'maxFailedIndexes':100001",
            "spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 100000",
            "spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 10000"
                + " when completions are above 100000 and used with backoff limit per index"));
  }

  static Stream<Arguments> selectors() {
    String labels =
        "{\"a\":\"b\",\"batch.kubernetes.io/controller-uid\":\"%s\","
            + "\"batch.kubernetes.io/job-name\":\"j\",\"controller-uid\":\"%s\",\"job-name\":"
            + "\"j\"}";
    return Stream.of(
        row(
            "'selector':{'matchLabels':{'x':'y'}}",
            "spec.selector: Invalid value: {\"matchLabels\":{\"batch.kubernetes.io/controller-uid\""
                + ":\"%s\",\"x\":\"y\"}}: `selector` not auto-generated".formatted(UID),
            "spec.template.metadata.labels: Invalid value: %s: `selector` does not match template"
                    .formatted(labels.formatted(UID, UID))
                + " `labels`"),
        Arguments.of(
            JOB.formatted("").replace("'a':'b'", "'job-name':'other'"),
            new String[] {
              "spec.template.metadata.labels[job-name]: Invalid value: "
                  + labels
                      .formatted(UID, UID)
                      .replace("\"a\":\"b\",", "")
                      .replace("\"job-name\":\"j\"", "\"job-name\":\"other\"")
                  + ": must be 'j'"
            }),
        row(
            "'manualSelector':true",
            "spec.selector: Required value",
            "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match"
                + " template `labels`"));
  }

  @ParameterizedTest
  @MethodSource({"failurePolicies", "successPolicies", "counts", "selectors"})
  void isRefused(String job, String[] messages) {
    assertThat(errors(BatchV1.JOBS, job)).containsExactly(messages);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'nodeSelector':{'a':'b'}",
        "'tolerations':[{'key':'a','operator':'Exists'}]",
        "'schedulingGates':[{'name':'example.com/g'}]",
        "'affinity':{'nodeAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[]}}",
        "'containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'2'}}}]",
      })
  void aSuspendedJobsPodsMayBeSentElsewhereAndAskForMore(String spec) {
    String change = "{'spec':{'template':{'spec':{" + spec + "}}}}";
    assertThat(patchErrors(BatchV1.JOBS, created(BatchV1.JOBS, SUSPENDED), change)).isEmpty();
    Job active = created(BatchV1.JOBS, SUSPENDED);
    active = active.withStatus(active.status().withActive(1));
    assertThat(patchErrors(BatchV1.JOBS, active, change))
        .singleElement()
        .asString()
        .startsWith("spec.template: Invalid value: {\"labels\":{\"a\":\"b\",")
        .endsWith(": field is immutable");
  }

  @Test
  void aSuspendedJobsLabelsAndAnnotationsMayChangeAgainOnceItsPodsAreGone() {
    Job started = created(BatchV1.JOBS, SUSPENDED);
    started = started.withStatus(started.status().withStartTime(Instant.EPOCH));
    String change = "{'spec':{'template':{'metadata':{'annotations':{'x':'y'}}}}}";
    assertThat(patchErrors(BatchV1.JOBS, started, change)).hasSize(1);
    JobCondition suspended = JobCondition.builder().type("Suspended").status("True").build();
    Job stopped = started.withStatus(started.status().withConditions(List.of(suspended)));
    assertThat(patchErrors(BatchV1.JOBS, stopped, change)).isEmpty();
  }

  @Test
  void aSuspendedJobsImageStays() {
    List<String> errors =
        patchErrors(
            BatchV1.JOBS,
            created(BatchV1.JOBS, SUSPENDED),
            "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'j'}]}}}}");
    assertThat(errors)
        .singleElement()
        .asString()
        .startsWith("spec.template.spec: Invalid value: {\"Volumes\":null,\"InitContainers\":null,")
        .contains("\"Name\":\"c\",\"Image\":\"j\",\"Command\":null")
        .contains("\"SecurityContext\":{\"HostNetwork\":false,")
        .endsWith("\"SchedulingGroup\":null}: field is immutable");
  }

  @Test
  void howAJobEndsStays() {
    Job job =
        created(
            BatchV1.JOBS,
            JOB.formatted(
                INDEXED
                    + "'backoffLimitPerIndex':1,'managedBy':'a.io/b','podFailurePolicy':{'rules':"
                    + "[{'action':'Count','onExitCodes':{'operator':'In','values':[1]}}]},"));
    assertThat(
            patchErrors(
                BatchV1.JOBS,
                job,
                "{'spec':{'backoffLimitPerIndex':2,'managedBy':'a.io/c','completions':4,"
                    + "'podFailurePolicy':null,'successPolicy':{'rules':[{'succeededCount':1}]}}}"))
        .containsExactly(
            "spec.completions: Invalid value: 4: can only be modified in tandem with"
                + " spec.parallelism",
            "spec.podFailurePolicy: Invalid value: null: field is immutable",
            "spec.backoffLimitPerIndex: Invalid value: 2: field is immutable",
            "spec.managedBy: Invalid value: \"a.io/c\": field is immutable",
            "spec.successPolicy: Invalid value: {\"Rules\":[{\"SucceededIndexes\":null,"
                + "\"SucceededCount\":1}]}: field is immutable");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "@every 5|failed to parse duration @every 5: time: missing unit in duration \"5\"",
        "@every 1h5x|failed to parse duration @every 1h5x: time: unknown unit \"x\" in duration"
            + " \"1h5x\"",
        "@every .|failed to parse duration @every .: time: invalid duration \".\"",
        "@often|unrecognized descriptor: @often",
        "TZ=0|invalid schedule format: runtime error: slice bounds out of range [:-1]",
        "CRON_TZ=No/Where * * * * *|provided bad location No/Where: unknown time zone No/Where",
        "* * 0 * *|beginning of range (0) below minimum (1): 0",
        "99999999999999999999 * * * *|failed to parse int from 99999999999999999999: strconv.Atoi:"
            + " parsing \"99999999999999999999\": value out of range",
        "*/0 * * * *|step of range should be a positive number: */0",
        "5-1 * * * *|beginning of range (5) beyond end of range (1): 5-1",
      })
  void aScheduleIsReadAsUpstreamReadsIt(String schedule, String problem) {
    assertThat(errors(BatchV1.CRONJOBS, CRON.formatted(schedule, "")))
        .first()
        .asString()
        .endsWith(": " + problem);
    assertThat(errors(BatchV1.CRONJOBS, CRON.formatted("@every 1h30m", ""))).isEmpty();
    String endless = "@every " + "1".repeat(5_000_000) + "h";
    assertThat(errors(BatchV1.CRONJOBS, CRON.formatted(endless, "")))
        .singleElement()
        .asString()
        .endsWith(": time: invalid duration \"" + "1".repeat(128) + "...\"");
  }

  @ParameterizedTest
  @CsvSource({"local,2", "Local,1", "../UTC,1", "SystemV/EST5,1", "Europe/Berlin,0", "Etc/GMT+5,0"})
  void aTimeZoneIsOneOfTheDatabase(String zone, int problems) {
    assertThat(errors(BatchV1.CRONJOBS, CRON.formatted("@daily", ",'timeZone':'" + zone + "'")))
        .hasSize(problems);
  }
}
