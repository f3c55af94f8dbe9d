package io.tiphys.server.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.server.door.Answers;
import io.tiphys.server.door.Handler;
import io.tiphys.server.door.Response;
import io.tiphys.server.identity.Requests;
import io.tiphys.server.identity.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FairnessStageTest {
  private static final User ANN = new User("ann", "", List.of(), Map.of());
  private static final User MASTER = new User("root", "", List.of(User.MASTERS), Map.of());

  private final FairnessStage stage = new FairnessStage(1, 1);

  private static Response.Full full(Response response) {
    assertThat(response).isInstanceOf(Response.Full.class);
    return (Response.Full) response;
  }

  @Test
  void whoFindsNoSeatComesAgain() throws Exception {
    Handler inner = _ -> Answers.text(200, "inner");
    Handler outer =
        _ -> {
          Response.Full second = full(stage.pass(Requests.of("GET", "/api/v1/pods", ANN), inner));
          assertThat(second.status()).isEqualTo(429);
          assertThat(second.headers()).containsEntry("Retry-After", "1");
          assertThat(full(stage.pass(Requests.of("GET", "/api/v1/pods", MASTER), inner)).status())
              .isEqualTo(200);
          assertThat(full(stage.pass(Requests.of("POST", "/api/v1/pods", ANN), inner)).status())
              .isEqualTo(200);
          return Answers.text(200, "outer");
        };

    assertThat(full(stage.pass(Requests.of("GET", "/api/v1/pods", ANN), outer)).status())
        .isEqualTo(200);
  }

  @Test
  void aWatchGivesItsSeatBackWhenItStreams() throws Exception {
    Handler watch = _ -> new Response.Streaming(200, "text/plain", _ -> {});

    for (int i = 0; i < 3; i++) {
      assertThat(stage.pass(Requests.of("GET", "/api/v1/watch/pods", ANN), watch))
          .isInstanceOf(Response.Streaming.class);
    }
  }

  @Test
  void aFailureGivesItsSeatBack() throws Exception {
    Handler broken =
        _ -> {
          throw new IllegalStateException("broken");
        };

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> stage.pass(Requests.of("GET", "/api/v1/pods", ANN), broken))
          .hasMessage("broken");
    }
  }
}
