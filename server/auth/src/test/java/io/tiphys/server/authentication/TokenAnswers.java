package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import java.util.Map;

/** Posts to a handler and returns what it says, or the message of its refusal. */
final class TokenAnswers {
  private TokenAnswers() {}

  static String post(Handler handler, String path, String body) throws InterruptedException {
    try {
      Response response = handler.handle(Requests.of("POST", path, User.ANONYMOUS, Map.of(), body));
      assertThat(response).isInstanceOf(Response.Full.class);
      Response.Full full = (Response.Full) response;
      assertThat(full.status()).isEqualTo(201);
      return new String(full.body().getFirst(), UTF_8);
    } catch (ApiFailure failure) {
      return String.valueOf(failure.getMessage());
    }
  }
}
