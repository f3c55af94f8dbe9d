package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces take the pods that their labels allow. */
class PodSecurityTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String NAMESPACE = "/api/v1/namespaces/default";
  private static final String PREFIX = "pod-security.kubernetes.io/";

  private final ApiServerFixture server = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    server.close();
  }

  private Answered label(String label, String value) {
    return server.merge(
        NAMESPACE, json("{'metadata':{'labels':{'%s':'%s'}}}".formatted(PREFIX + label, value)));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String pod(String name, String spec) {
    return json(
        "{'metadata':{'name':'%s'},'spec':{'containers':[{'name':'c','image':'i'}]%s}}"
            .formatted(name, spec));
  }

  private static String deployment(String spec) {
    return json("""
    {'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'l':'v'}},
     'template':{'metadata':{'labels':{'l':'v'}},
                 'spec':{'containers':[{'name':'c','image':'i'}]SPEC}}}}
    """)
        .replace("SPEC", json(spec));
  }

  private static String warning(Answered answered) {
    return answered.headers().getOrDefault("Warning", "");
  }

  @Test
  void whatIsEnforcedIsRefused() {
    label("enforce", "baseline").expect(200);
    Answered refused = server.post(PODS, pod("a", ",'hostNetwork':true")).expect(403);
    assertThat(refused.status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: violates PodSecurity \"baseline:latest\":"
                + " host namespaces (hostNetwork=true)");
    assertThat(refused.status().reason()).isEqualTo("Forbidden");
    server.post(PODS, pod("a", "")).expect(201);
  }

  @Test
  void aVersionIsEnforcedAsItWas() {
    label("enforce", "restricted").expect(200);
    label("enforce-version", "v1.7").expect(200);
    assertThat(server.post(PODS, pod("a", "")).expect(403).status().message())
        .isEqualTo(
            "pods \"a\" is forbidden: violates PodSecurity \"restricted:v1.7\": runAsNonRoot !="
                + " true (pod or container \"c\" must set securityContext.runAsNonRoot=true)");
  }

  @Test
  void whatIsWarnedOfIsStored() {
    label("warn", "baseline").expect(200);
    Answered stored = server.post(PODS, pod("a", ",'hostPID':true")).expect(201);
    assertThat(warning(stored))
        .isEqualTo(
            "299 - \"would violate PodSecurity \\\"baseline:latest\\\": host namespaces"
                + " (hostPID=true)\"");
  }

  @Test
  void whoeverMakesPodsIsWarnedOfWhatIsEnforcedAndNotRefused() {
    label("enforce", "baseline").expect(200);
    Answered stored =
        server
            .post("/apis/apps/v1/namespaces/default/deployments", deployment(",'hostIPC':true"))
            .expect(201);
    assertThat(warning(stored))
        .isEqualTo(
            "299 - \"would violate PodSecurity \\\"baseline:latest\\\": host namespaces"
                + " (hostIPC=true)\"");
  }

  @Test
  void onlyAChangeOfImagesIsLookedAt() {
    server.post(PODS, pod("a", ",'hostNetwork':true")).expect(201);
    label("enforce", "baseline").expect(200);
    server.merge(PODS + "/a", json("{'metadata':{'labels':{'x':'y'}}}")).expect(200);
    server
        .patch(
            PODS + "/a",
            "application/strategic-merge-patch+json",
            json("{'spec':{'containers':[{'name':'c','image':'other'}]}}"))
        .expect(403);
  }

  @Test
  void wrongLabelsAreRefusedWhenTheyAreNew() {
    assertThat(label("enforce", "strict").expect(422).status().message())
        .isEqualTo(
            "Namespace \"default\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]:"
                + " Invalid value: \"strict\": must be one of privileged, baseline, restricted");
    assertThat(label("warn-version", "1.2").expect(422).status().message())
        .isEqualTo(
            "Namespace \"default\" is invalid:"
                + " metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value:"
                + " \"1.2\": must be \"latest\" or \"v1.x\"");
    server
        .post(
            "/api/v1/namespaces",
            json("{'metadata':{'name':'n','labels':{'" + PREFIX + "audit':'x'}}}"))
        .expect(422);
  }

  @Test
  void aStricterPolicyTellsWhichPodsItWouldNotTake() {
    server.post(PODS, pod("b", ",'hostNetwork':true")).expect(201);
    server.post(PODS, pod("a", ",'hostNetwork':true")).expect(201);
    server.post(PODS, pod("c", ",'hostNetwork':true,'hostPID':true")).expect(201);
    server.post(PODS, pod("d", "")).expect(201);
    Map<String, Answered> answers = new HashMap<>();
    answers.put(
        "dry",
        server.merge(
            NAMESPACE + "?dryRun=All",
            json("{'metadata':{'labels':{'" + PREFIX + "enforce':'baseline'}}}")));
    answers.put("done", label("enforce", "baseline"));
    answers
        .values()
        .forEach(
            answered ->
                assertThat(warning(answered.expect(200)))
                    .isEqualTo(
                        "299 - \"existing pods in namespace \\\"default\\\" violate the new"
                            + " PodSecurity enforce level \\\"baseline:latest\\\"\","
                            + " 299 - \"a (and 2 other pods): host namespaces\""));
    assertThat(warning(label("enforce", "privileged").expect(200))).isEmpty();
  }
}
