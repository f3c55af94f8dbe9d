package io.tiphys.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Backoff;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.server.configuration.ConfigurationException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Posts JSON to one server and gives its answer back; tries again while it may help. Checked
 * against apiserver/pkg/util/webhook/webhook.go. Thread-safe.
 */
public final class WebhookClient implements Lifecycle {
  /** Upstream's defaultRequestTimeout. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Upstream's DefaultRetryBackoffWithInitialDelay: five tries. */
  private static final int TRIES = 5;

  private static final double FACTOR = 1.5;
  private static final double JITTER = 0.2;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** An answer to a review or to events is small; upstream's http client has no bound. */
  private static final int MAX_ANSWER_BYTES = 3 * 1024 * 1024;

  /** As much of a bad answer as a message shows. */
  private static final int SHOWN = 256;

  private final URI address;
  private final HttpClient http;
  private final Supplier<String> authorization;
  private final Backoff backoff;
  private final Clock clock;
  private final RandomGenerator random;

  WebhookClient(
      URI address,
      HttpClient http,
      Supplier<String> authorization,
      Duration initialBackoff,
      Clock clock,
      RandomGenerator random) {
    this.address = address;
    this.http = http;
    this.authorization = authorization;
    backoff = new Backoff(initialBackoff, FACTOR, JITTER, LONGEST);
    this.clock = clock;
    this.random = random;
  }

  /**
   * Sends {@code json} and returns the body of the answer.
   *
   * @param always whether every failure is worth another try, rather than those that pass
   */
  public byte[] post(byte[] json, boolean always) throws WebhookException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return once(json);
      } catch (WebhookException e) {
        if (tries == TRIES || !(always || e.isPassing())) {
          throw e;
        }
        clock.sleep(backoff.delay(tries, random));
      }
    }
  }

  private byte[] once(byte[] json) throws WebhookException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, */*")
            .POST(BodyPublishers.ofByteArray(json));
    String credentials;
    try {
      credentials = authorization.get();
    } catch (ConfigurationException e) {
      throw new WebhookException(failed(String.valueOf(e.getMessage())), true);
    }
    if (!credentials.isEmpty()) {
      request.header("Authorization", credentials);
    }
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(request.build(), _ -> new BoundedBody(MAX_ANSWER_BYTES));
    } catch (HttpTimeoutException e) {
      throw new WebhookException(failed("context deadline exceeded"), false);
    } catch (ConnectException e) {
      throw new WebhookException(failed("connection refused"), false);
    } catch (IOException e) {
      throw new WebhookException(failed(String.valueOf(e.getMessage())), true);
    }
    int code = answer.statusCode();
    if (code < 200 || code >= 300) {
      boolean passing = code == 500 || code == 504 || code == 429;
      throw new WebhookException(failed("the server answered " + code + shown(answer)), passing);
    }
    return answer.body();
  }

  private static String shown(HttpResponse<byte[]> answer) {
    byte[] body = answer.body();
    String text = new String(body, 0, Math.min(SHOWN, body.length), UTF_8).strip();
    return text.isEmpty() ? "" : ": " + text;
  }

  private String failed(String why) {
    return "Post \"" + address + "\": " + why;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
