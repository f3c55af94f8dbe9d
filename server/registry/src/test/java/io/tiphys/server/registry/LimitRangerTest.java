package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limit ranges give and bound the amounts that pods and claims ask for. */
class LimitRangerTest {
  private static final String NAMESPACE = "/api/v1/namespaces/default";
  private static final String PODS = NAMESPACE + "/pods";

  private final ApiServerFixture server = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    server.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private void limit(String item) {
    server
        .post(
            NAMESPACE + "/limitranges",
            json("{'metadata':{'name':'l'},'spec':{'limits':[" + item + "]}}"))
        .expect(201);
  }

  private Answered create(String resources) {
    return server.post(
        PODS,
        json(
            "{'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','image':'i','resources':"
                + resources
                + "}]}}"));
  }

  private String refusal(String resources) {
    return create(resources).expect(403).status().message();
  }

  @Test
  void whatAContainerLeavesOutIsGivenAndTold() {
    limit(
        "{'type':'Container','default':{'cpu':'500m','memory':'1Gi'},"
            + "'defaultRequest':{'cpu':'100m','memory':'512Mi'}}");
    Answered pod = create("{'requests':{'cpu':'200m'}}").expect(201);
    String resources = "spec.containers.0.resources.";
    assertThat(pod.at(resources + "requests.cpu")).isEqualTo("200m");
    assertThat(pod.at(resources + "requests.memory")).isEqualTo("512Mi");
    assertThat(pod.at(resources + "limits.cpu")).isEqualTo("500m");
    assertThat(pod.at(resources + "limits.memory")).isEqualTo("1Gi");
    assertThat(pod.text())
        .contains(
            "\"kubernetes.io/limit-ranger\":\"LimitRanger plugin set: memory request for container"
                + " c; cpu, memory limit for container c\"");
  }

  @Test
  void leastAndMostAreBoundsOfRequestsAndLimits() {
    limit("{'type':'Container','min':{'cpu':'100m'},'max':{'cpu':'1','memory':'1Gi'}}");
    assertThat(refusal("{'requests':{'cpu':'50m'},'limits':{'cpu':'2','memory':'2Gi'}}"))
        .isEqualTo(
            "pods \"a\" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m,"
                + " maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per"
                + " Container is 1Gi, but limit is 2Gi]");
    create("{'requests':{'cpu':'100m'},'limits':{'cpu':'1','memory':'1Gi'}}").expect(201);
  }

  @Test
  void aLimitIsAtMostAMultipleOfTheRequest() {
    limit("{'type':'Container','maxLimitRequestRatio':{'cpu':'2'}}");
    assertThat(refusal("{'requests':{'cpu':'100m'},'limits':{'cpu':'300m'}}"))
        .isEqualTo(
            "pods \"a\" is forbidden: cpu max limit to request ratio per Container is 2, but"
                + " provided ratio is 3.000000");
    assertThat(refusal("{}"))
        .isEqualTo(
            "pods \"a\" is forbidden: cpu max limit to request ratio per Container is 2, but no"
                + " request is specified or request is 0");
    create("{'requests':{'cpu':'100m'},'limits':{'cpu':'200m'}}").expect(201);
  }

  @Test
  void aPodIsBoundedAsAWhole() {
    limit("{'type':'Pod','max':{'cpu':'1'}}");
    String pod =
        json(
            """
            {'metadata':{'name':'a'},'spec':{'containers':[
              {'name':'c','image':'i','resources':{'limits':{'cpu':'600m'}}},
              {'name':'d','image':'i','resources':{'limits':{'cpu':'500m'}}}]}}
            """);
    assertThat(server.post(PODS, pod).expect(403).status().message())
        .isEqualTo("pods \"a\" is forbidden: maximum cpu usage per Pod is 1, but limit is 1100m");
  }

  @Test
  void aClaimIsBoundedByItsRequestWheneverItIsWritten() {
    limit("{'type':'PersistentVolumeClaim','min':{'storage':'1Gi'},'max':{'storage':'2Gi'}}");
    String claim =
        json(
            "{'metadata':{'name':'a'},'spec':{'accessModes':['ReadWriteOnce'],"
                + "'resources':{'requests':{'storage':'SIZE'}}}}");
    String claims = NAMESPACE + "/persistentvolumeclaims";
    assertThat(server.post(claims, claim.replace("SIZE", "3Gi")).expect(403).status().message())
        .isEqualTo(
            "persistentvolumeclaims \"a\" is forbidden: maximum storage usage per"
                + " PersistentVolumeClaim is 2Gi, but request is 3Gi");
    assertThat(server.post(claims, claim.replace("SIZE", "1Mi")).expect(403).status().message())
        .isEqualTo(
            "persistentvolumeclaims \"a\" is forbidden: minimum storage usage per"
                + " PersistentVolumeClaim is 1Gi, but request is 1Mi");
    server.post(claims, claim.replace("SIZE", "1Gi")).expect(201);
  }

  @Test
  void aPodThatIsThereIsLeftAlone() {
    create("{}").expect(201);
    limit("{'type':'Container','min':{'cpu':'100m'}}");
    server.merge(PODS + "/a", json("{'metadata':{'labels':{'x':'y'}}}")).expect(200);
  }
}
