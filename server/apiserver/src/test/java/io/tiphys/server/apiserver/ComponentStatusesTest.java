package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** What {@code kubectl get componentstatuses} asks for. */
class ComponentStatusesTest extends ServerFixture {
  private static final String PATH = "/api/v1/componentstatuses";
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  @Test
  void eachComponentIsListedWithItsHealth() throws Exception {
    HttpResponse<String> answer = get(PATH);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Warning").orElse(""))
        .contains("v1 ComponentStatus is deprecated in v1.19+");
    assertThat(answer.body())
        .startsWith("{\"kind\":\"ComponentStatusList\",\"apiVersion\":\"v1\",\"metadata\":{},")
        .contains("\"name\":\"etcd-0\"", "\"type\":\"Healthy\"", "\"message\":\"ok\"");
  }

  @Test
  void itIsShownAsATableAndChosenByName() throws Exception {
    HttpRequest.Builder request = request(PATH + "?fieldSelector=metadata.name%3Dscheduler");
    HttpResponse<String> answer = send(request.header("Accept", TABLE));
    assertThat(answer.body())
        .contains("\"cells\":[\"scheduler\",\"Healthy\",\"ok\",\"\"]")
        .doesNotContain("etcd-0");
  }

  @Test
  void oneIsReadAndNoneIsWritten() throws Exception {
    assertThat(get(PATH + "/etcd-0").body()).contains("\"kind\":\"ComponentStatus\"");
    assertThat(get(PATH + "/none").statusCode()).isEqualTo(404);
    assertThat(send(request(PATH + "/etcd-0").DELETE()).statusCode()).isEqualTo(405);
  }
}
