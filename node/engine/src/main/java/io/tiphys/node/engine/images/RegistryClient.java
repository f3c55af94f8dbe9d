package io.tiphys.node.engine.images;

import io.tiphys.base.Backoff;
import io.tiphys.base.Clock;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;

/**
 * A conversation with a registry about one repository: OCI's distribution protocol, reading part.
 * Thread-safe; the token that one request was given serves the others.
 */
final class RegistryClient {
  /** Until the answer begins; tokens and manifests take a registry well under a second. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  /** Registries send a blob's reader to their storage once; more is a circle. */
  private static final int REDIRECT_LIMIT = 5;

  /**
   * For answers that another attempt may better: busy, broken, cut off. The kubelet retries too.
   */
  private static final int ATTEMPTS = 3;

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), 3, 0.2, Duration.ofSeconds(5));

  /** A token is a few kilobytes. */
  private static final int TOKEN_LIMIT = 1 << 20;

  private final HttpClient http;
  private final Target target;
  private final RegistryAuth auth;
  private final Clock clock;
  private final RandomGenerator random;
  private volatile String scheme;
  private volatile String authorization;

  /** Where to ask for what. */
  record Target(
      String host, String repository, boolean plainHttpAllowed, boolean plainHttpAtOnce) {}

  /** A manifest as sent, and the digest it was asked for or has. */
  record ManifestAnswer(byte[] bytes, Digest digest) {}

  RegistryClient(
      HttpClient http, Target target, RegistryAuth auth, Clock clock, RandomGenerator random) {
    this.http = http;
    this.target = target;
    this.auth = auth;
    this.scheme = target.plainHttpAtOnce() ? "http" : "https";
    this.clock = clock;
    this.random = random;
    this.authorization = auth.givenBearer().orElse("");
  }

  /** The manifest or index with a tag or digest; empty if there is none. */
  Optional<ManifestAnswer> manifest(String tagOrDigest) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        get("manifests/" + tagOrDigest, String.join(", ", Manifest.MEDIA_TYPES));
    try (InputStream body = response.body()) {
      if (response.statusCode() == 404) {
        return Optional.empty();
      }
      requireOk(response);
      byte[] bytes =
          new LimitedInput(new StallGuard(body, clock), Manifest.SIZE_LIMIT).readAllBytes();
      Digest digest = Digest.of(bytes);
      if (Digest.isDigest(tagOrDigest) && !tagOrDigest.equals(digest.toString())) {
        throw new CriException(
            CriException.Code.INTERNAL,
            "the registry answers %s with another manifest, %s".formatted(tagOrDigest, digest));
      }
      return Optional.of(new ManifestAnswer(bytes, digest));
    }
  }

  /** Stores a blob, verified; tries again when the line breaks. */
  void blob(Manifest.Descriptor blob, ContentStore content)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> response = get("blobs/" + blob.digest(), "*/*");
      try (InputStream body = new StallGuard(response.body(), clock)) {
        requireOk(response);
        content.put(body, blob.digest(), blob.size());
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        clock.sleep(BACKOFF.delay(attempt, random));
      }
    }
  }

  private static void requireOk(HttpResponse<InputStream> response) throws IOException {
    int status = response.statusCode();
    if (status == 200) {
      return;
    }
    String words = "unexpected status from GET request to %s: %d".formatted(response.uri(), status);
    switch (status) {
      case 401, 403 ->
          throw new CriException(
              CriException.Code.UNAUTHENTICATED,
              "pull access denied, repository does not exist or may require authorization: "
                  + words);
      case 404 -> throw CriException.notFound(words);
      case 429 -> throw new CriException(CriException.Code.UNAVAILABLE, words);
      default -> throw new IOException(words);
    }
  }

  private HttpResponse<InputStream> get(String path, String accept)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> response = authorized(path, accept);
        boolean passing = response.statusCode() == 429 || response.statusCode() >= 500;
        if (!passing || attempt == ATTEMPTS) {
          return response;
        }
        response.body().close();
      } catch (SSLException | HttpConnectTimeoutException e) {
        if (!scheme.equals("https") || !target.plainHttpAllowed() || isAboutCertificates(e)) {
          throw e;
        }
        // A server that knows no TLS says something else, or waits for more.
        scheme = "http";
        continue;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
      clock.sleep(BACKOFF.delay(attempt, random));
    }
  }

  /** A server with the wrong certificate does know TLS: going on without would be giving in. */
  private static boolean isAboutCertificates(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private HttpResponse<InputStream> authorized(String path, String accept)
      throws IOException, InterruptedException {
    URI uri =
        URI.create("%s://%s/v2/%s/%s".formatted(scheme, target.host(), target.repository(), path));
    String used = authorization;
    HttpResponse<InputStream> response = followed(uri, accept, used);
    if (response.statusCode() != 401) {
      return response;
    }
    Optional<RegistryAuth.Challenge> challenge =
        RegistryAuth.Challenge.choose(response.headers().allValues("WWW-Authenticate"));
    if (challenge.isEmpty()) {
      return response;
    }
    String renewed = answer(challenge.get());
    if (renewed.isEmpty() || renewed.equals(used)) {
      return response;
    }
    response.body().close();
    authorization = renewed;
    return followed(uri, accept, renewed);
  }

  /** The header value that answers a challenge; empty if there are no credentials for it. */
  private String answer(RegistryAuth.Challenge challenge) throws IOException, InterruptedException {
    if (challenge.scheme().equals("basic")) {
      return auth.basic().orElse("");
    }
    RegistryAuth.TokenRequest token;
    try {
      token = auth.tokenRequest(challenge, target.repository(), scheme.equals("https"));
    } catch (IllegalArgumentException e) {
      throw new CriException(CriException.Code.UNAUTHENTICATED, String.valueOf(e.getMessage()), e);
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(token.uri()).timeout(ANSWER_TIMEOUT);
    if (!token.authorization().isEmpty()) {
      request.header("Authorization", token.authorization());
    }
    if (!token.form().isEmpty()) {
      request
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(HttpRequest.BodyPublishers.ofString(token.form()));
    }
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new CriException(
            CriException.Code.UNAUTHENTICATED,
            "failed to authorize: failed to fetch token: unexpected status from %s: %d"
                .formatted(token.uri().getHost(), response.statusCode()));
      }
      Document answer = Document.parse(new LimitedInput(body, TOKEN_LIMIT).readAllBytes());
      String value = answer.text("token");
      return "Bearer " + (value.isEmpty() ? answer.text("access_token") : value);
    }
  }

  private HttpResponse<InputStream> followed(URI first, String accept, String authorization)
      throws IOException, InterruptedException {
    URI uri = first;
    for (int redirects = 0; redirects <= REDIRECT_LIMIT; redirects++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).header("Accept", accept);
      boolean sameHost = uri.getAuthority().equals(first.getAuthority());
      if (sameHost && !authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      HttpResponse<InputStream> response = send(request.build());
      Optional<String> location = response.headers().firstValue("Location");
      if (response.statusCode() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next = uri.resolve(location.get());
      if ("http".equals(next.getScheme()) && "https".equals(uri.getScheme())) {
        throw new IOException("the registry leads from TLS to plain HTTP: " + next);
      }
      uri = next;
    }
    throw new IOException("too many redirects from " + first);
  }

  /** Sends; a failure says what was asked of whom, in the words of Go's client. */
  private HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException e) {
      throw withCause(
          new HttpConnectTimeoutException(failed(request, dial(request) + "i/o timeout")), e);
    } catch (SSLException e) {
      throw new SSLException(failed(request, TlsFailure.text(e, request.uri().getHost())), e);
    } catch (ConnectException e) {
      throw new IOException(failed(request, unreached(request, e)), e);
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(failed(request, why), e);
    }
  }

  private static IOException withCause(IOException failure, IOException cause) {
    failure.initCause(cause);
    return failure;
  }

  private static String failed(HttpRequest request, String why) {
    String method = request.method().equals("POST") ? "Post" : "Get";
    return "failed to do request: %s \"%s\": %s".formatted(method, request.uri(), why);
  }

  private static String dial(HttpRequest request) {
    URI uri = request.uri();
    int standard = "http".equals(uri.getScheme()) ? 80 : 443;
    int port = uri.getPort() < 0 ? standard : uri.getPort();
    return "dial tcp %s:%d: ".formatted(uri.getHost(), port);
  }

  /** Java's client gives no reason. */
  private static String unreached(HttpRequest request, ConnectException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "dial tcp: lookup %s: no such host".formatted(request.uri().getHost());
      }
    }
    return dial(request) + "connect: connection refused";
  }
}
