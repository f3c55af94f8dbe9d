package io.tiphys.server.authentication.oidc;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.server.webhook.BoundedBody;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer: found where its discovery document says, and fetched again when a token
 * names one that is not among them. Thread-safe. Checked against go-oidc's NewProvider and
 * RemoteKeySet, and plugin/pkg/authenticator/token/oidc of apiserver.
 */
final class IssuerKeys implements Lifecycle {
  private static final Logger LOG = System.getLogger(IssuerKeys.class.getName());

  /** How often an issuer that does not answer is asked: upstream's. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  /**
   * Between two fetches: keys change once in hours, and whoever sends tokens with made-up keys must
   * not have the issuer asked for each.
   */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 1024 * 1024;

  private final JwtAuthenticatorConfig config;
  private final HttpClient http;
  private final Clock clock;
  private final ReentrantLock fetching = new ReentrantLock();
  private final Loops.Loop discovery;
  private volatile @Nullable URI address;
  private volatile KeySet known = KeySet.EMPTY;
  private volatile long fetchedAt;

  IssuerKeys(JwtAuthenticatorConfig config, HttpClient http, Clock clock, Loops loops) {
    this.config = config;
    this.http = http;
    this.clock = clock;
    fetchedAt = clock.nanoTime() - PAUSE.toNanos();
    discovery = loops.start("oidc discovery", config.url(), this::discover);
  }

  boolean isReady() {
    return address != null;
  }

  KeySet known() {
    return known;
  }

  private void discover() throws InterruptedException {
    while (address == null) {
      try {
        URI found = keysAddress(get(URI.create(config.discovery())));
        refresh(found);
        address = found;
      } catch (IOException | IllegalArgumentException | CodecException e) {
        LOG.log(Level.ERROR, "oidc authenticator: initializing plugin: {0}", e.getMessage());
        clock.sleep(RETRY);
      }
    }
  }

  private URI keysAddress(byte[] document) {
    if (!(Json.parse(document) instanceof Json.Obj members)
        || !(members.get("jwks_uri") instanceof Json.Str(String keys))) {
      throw new IllegalArgumentException("the discovery document names no keys");
    }
    String issuer = members.get("issuer") instanceof Json.Str(String text) ? text : "";
    if (!issuer.equals(config.url())) {
      throw new IllegalArgumentException(
          "oidc: issuer did not match the issuer returned by provider, expected %s got %s"
              .formatted(GoText.quote(config.url()), GoText.quote(issuer)));
    }
    return URI.create(keys);
  }

  /** Fetches the keys, unless somebody has just done so. */
  KeySet refresh() throws InterruptedException {
    URI from = address;
    return from == null ? known : refresh(from);
  }

  private KeySet refresh(URI from) throws InterruptedException {
    fetching.lockInterruptibly();
    try {
      if (clock.nanoTime() - fetchedAt >= PAUSE.toNanos()) {
        fetchedAt = clock.nanoTime();
        known = KeySet.read(get(from));
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "the keys of {0} are not to be had: {1}", from, e.getMessage());
    } finally {
      fetching.unlock();
    }
    return known;
  }

  private byte[] get(URI from) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(from).timeout(TIMEOUT).build();
    HttpResponse<byte[]> answer = http.send(request, _ -> new BoundedBody(MAX_BYTES));
    if (answer.statusCode() != 200) {
      throw new IOException(from + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    discovery.close();
    http.shutdownNow();
  }
}
