package io.tiphys.server.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Requests;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditStageTest {
  @Test
  void writesALineWhenARequestComesAndWhenItIsAnswered(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("audit.log");
    User ann = new User("ann", "", List.of("devs"), Map.of());
    String pod = "/api/v1/namespaces/n/pods/p";
    ManualClock clock = new ManualClock();
    AuditFile.Config config = new AuditFile.Config(file, 0, 0, 0, false);
    try (AuditFile log = AuditFile.open(config, Machine.own().disk(), clock)) {
      AuditStage stage = new AuditStage(log, clock, new Loops(clock, new Random(1)));
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
                + "\"auditID\":\"\","
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

  private static final class Kept implements AuditLog {
    private final List<String> lines = new ArrayList<>();

    @Override
    public boolean record(List<AuditEvent> events) {
      events.forEach(event -> lines.add(new String(event.toJson(), UTF_8)));
      return !events.getFirst().uri().equals("/full");
    }

    @Override
    public void close() {}
  }

  private static AuditStage stage(AuditLog log) {
    ManualClock clock = new ManualClock();
    return new AuditStage(log, clock, new Loops(clock, new Random(1)));
  }

  @Test
  void aRequestThatRunsOutOfTimeIsCompleteWith504() {
    Kept log = new Kept();

    assertThatThrownBy(
            () ->
                stage(log)
                    .pass(
                        Requests.of("GET", "/api/v1/nodes/n", Events.ANN),
                        _ -> {
                          throw new InterruptedException();
                        }))
        .isInstanceOf(InterruptedException.class);

    assertThat(log.lines.getLast())
        .contains("\"stage\":\"ResponseComplete\"", "\"reason\":\"Timeout\"", "\"code\":504");
  }

  @Test
  void whatBreaksItsHandlerIsAPanic() {
    Kept log = new Kept();

    assertThatThrownBy(
            () ->
                stage(log)
                    .pass(
                        Requests.of("GET", "/api/v1/nodes/n", Events.ANN),
                        _ -> {
                          throw new StackOverflowError("deep");
                        }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(log.lines.getLast())
        .contains("\"stage\":\"Panic\"", "\"code\":500", "APIServer panic'd: ");
  }

  @Test
  void aRequestWhoseEventIsLostIsRefusedWhenTheLogIsStrict() throws Exception {
    Response answer =
        stage(new Kept())
            .pass(Requests.of("GET", "/full", Events.ANN), _ -> Answers.text(200, "x"));

    assertThat(answer)
        .isInstanceOfSatisfying(
            Response.Full.class, full -> assertThat(full.status()).isEqualTo(500));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7, nonsense,010.0.0.1 |  | 192.0.2.7 10.0.0.1",
        " | ::1 | ::1",
        " | 0:0:0:0:0:0:0:1 | ::1",
        "::ffff:192.0.2.1 | 192.0.2.1 | 192.0.2.1",
        "2001:DB8:0:0:1:0:0:1 |  10.1.1.1x | 2001:db8::1:0:0:1"
      })
  void addressesAreReadAsGoReadsThem(String forwarded, String real, String addresses) {
    Map<String, String> headers =
        Map.of(
            "x-forwarded-for", forwarded == null ? "" : forwarded,
            "x-real-ip", real == null ? "" : real);

    assertThat(SourceAddresses.of(Requests.of("GET", "/", Events.ANN, headers, "")))
        .containsExactly(addresses.split(" "));
  }
}
