package io.tiphys.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Requests;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditStageTest {
  @Test
  void writesALineWhenARequestComesAndWhenItIsAnswered(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("audit.log");
    User ann = new User("ann", "", List.of("devs"), Map.of());
    String pod = "/api/v1/namespaces/n/pods/p";
    try (AuditFile log =
        AuditFile.open(file, Machine.own().disk(), new Loops(new ManualClock(), new Random(1)))) {
      AuditStage stage = new AuditStage(log, new ManualClock());
      stage.pass(Requests.of("GET", pod, ann), _ -> Answers.text(200, "x"));
      stage.pass(Requests.of("GET", "/version", ann), _ -> Answers.text(200, "x"));
      assertThatThrownBy(
              () ->
                  stage.pass(
                      Requests.of("DELETE", pod, ann),
                      _ -> {
                        throw ApiFailure.notFound("pods", "p");
                      }))
          .isInstanceOf(ApiFailure.class);
    }

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(6);
    assertThat(lines.getFirst())
        .contains("\"stage\":\"RequestReceived\"")
        .doesNotContain("responseStatus");
    assertThat(lines.get(1))
        .isEqualTo(
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\","
                + "\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces/n/pods/p\","
                + "\"verb\":\"get\",\"user\":{\"username\":\"ann\",\"groups\":[\"devs\"]},"
                + "\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"n\","
                + "\"name\":\"p\",\"apiVersion\":\"v1\"},\"responseStatus\":{\"metadata\":{},"
                + "\"code\":200},\"requestReceivedTimestamp\":\"2026-01-01T00:00:00.000000Z\","
                + "\"stageTimestamp\":\"2026-01-01T00:00:00.000000Z\"}");
    assertThat(lines.get(3))
        .contains("\"requestURI\":\"/version\",\"verb\":\"get\"")
        .doesNotContain("objectRef");
    assertThat(lines.getLast())
        .contains(
            "\"responseStatus\":{\"metadata\":{},\"status\":\"Failure\",\"message\":\"pods"
                + " \\\"p\\\" not found\",\"reason\":\"NotFound\",\"details\":{")
        .contains("\"verb\":\"delete\"")
        .contains("\"code\":404");
  }
}
