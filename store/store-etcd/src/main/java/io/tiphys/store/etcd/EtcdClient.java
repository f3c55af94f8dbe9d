package io.tiphys.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.store.StoreException;
import io.tiphys.store.etcd.grpc.Endpoint;
import io.tiphys.store.etcd.grpc.GrpcConnection;
import io.tiphys.store.etcd.grpc.GrpcException;
import io.tiphys.store.etcd.grpc.GrpcMessages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Calls to an etcd cluster: one connection to one of its servers, the next one when that is gone.
 * Thread-safe; every method blocks.
 */
final class EtcdClient implements Lifecycle {
  /** How long one server may take for one answer, before the next is asked. */
  static final Duration CALL_DEADLINE = Duration.ofSeconds(3);

  /** How long a question is put to one server after another: an election takes one second. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  /** A server that has not answered a call is asked whether it answers at all. */
  private static final Duration PING_DEADLINE = Duration.ofSeconds(1);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

  /** Calls under way at once; more of them wait. etcd serves so many streams of a connection. */
  private static final int IN_FLIGHT = 512;

  /** A page of a list, or the events of some transactions; etcd takes 1.5 MB at once. */
  private static final int MAX_MESSAGE = 256 << 20;

  private final List<Endpoint> endpoints;
  private final @Nullable SslContext tls;
  private final String user;
  private final Clock clock;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Permits inFlight;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable Link link;
  private volatile boolean closed;
  private int nextEndpoint;

  EtcdClient(EtcdConfig config, Clock clock) {
    this.clock = clock;
    inFlight = new Permits(IN_FLIGHT, clock);
    endpoints = config.servers().stream().map(Endpoint::parse).toList();
    tls = endpoints.stream().anyMatch(Endpoint::tls) ? tls(config) : null;
    user = config.user();
  }

  private static SslContext tls(EtcdConfig config) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2));
      Path authorities = config.caFile();
      if (authorities != null) {
        builder.trustManager(authorities.toFile());
      }
      Path certificate = config.certFile();
      Path key = config.keyFile();
      if (certificate != null && key != null) {
        builder.keyManager(certificate.toFile(), key.toFile());
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new StoreException("the certificates for etcd cannot be used: " + e.getMessage(), e);
    }
  }

  /** Asks one server after another until one answers; only for what may be asked twice. */
  byte[] ask(String method, byte[] request) {
    long began = clock.nanoTime();
    while (true) {
      try {
        return call(method, request);
      } catch (GrpcException e) {
        if (!e.isUnclear() || clock.nanoTime() - began > PATIENCE.toNanos()) {
          throw e;
        }
        pause();
      }
    }
  }

  /** Waits before the same is tried again. */
  void pause() {
    try {
      clock.sleep(RETRY_PAUSE);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Asks once. */
  byte[] call(String method, byte[] request) {
    Link used = link();
    String token = used.token();
    try {
      return await(used, token, method, request);
    } catch (GrpcException e) {
      if (e.isUnclear()) {
        suspect(used, e);
      }
      if (!isStale(e)) {
        throw e;
      }
    }
    renew(used, token);
    return await(used, used.token(), method, request);
  }

  /** Whether the token has ended: it lives five minutes, and as long as the server that gave it. */
  private boolean isStale(GrpcException e) {
    String message = String.valueOf(e.getMessage());
    return !user.isEmpty()
        && (e.code() == GrpcException.UNAUTHENTICATED
            || message.contains("invalid auth token")
            || message.contains("revision of auth store is old"));
  }

  private byte[] await(Link used, String token, String method, byte[] request) {
    acquire();
    try {
      used.begin();
      return answer(used.connection(), token, method, request);
    } finally {
      used.end();
      inFlight.release();
    }
  }

  private byte[] answer(GrpcConnection connection, String token, String method, byte[] request) {
    return within(CALL_DEADLINE, connection, connection.call(method, token, request));
  }

  private <T> T within(Duration time, GrpcConnection connection, CompletableFuture<T> answer) {
    Clock.Timer deadline =
        clock.schedule(
            time,
            () ->
                answer.completeExceptionally(
                    new GrpcException(
                        GrpcException.DEADLINE_EXCEEDED, connection + " did not answer")));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GrpcException known
          ? known
          : new GrpcException(GrpcException.INTERNAL, String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      deadline.cancel();
    }
  }

  private void acquire() {
    try {
      if (!inFlight.acquire(PATIENCE)) {
        throw new GrpcException(GrpcException.UNAVAILABLE, "etcd does not keep up").beforeSending();
      }
    } catch (InterruptedException e) {
      throw interrupted(e).beforeSending();
    }
  }

  /**
   * A call has failed and others share its connection: they go on where the server still answers.
   * New calls go to the next server, if there is one.
   */
  private void suspect(Link used, GrpcException failure) {
    boolean silent =
        failure.code() == GrpcException.DEADLINE_EXCEEDED && !answersPing(used.connection());
    if (silent) {
      used.connection().close();
    }
    if (endpoints.size() > 1 || !used.isOpen()) {
      leave(used);
    }
  }

  private boolean answersPing(GrpcConnection connection) {
    try {
      Boolean answered = within(PING_DEADLINE, connection, connection.ping());
      return answered;
    } catch (GrpcException e) {
      return false;
    }
  }

  private static GrpcException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    GrpcException failure = new GrpcException(GrpcException.UNKNOWN, "interrupted");
    failure.initCause(e);
    return failure;
  }

  /** Opens a stream; what becomes of it is told by what it brings. */
  GrpcMessages stream(String method, byte[] first) {
    Link used = link();
    return used.connection().stream(method, used.token(), first);
  }

  /** Where a stream failed: the next one is opened elsewhere. */
  void failover() {
    Link used = link;
    if (used != null) {
      leave(used);
    }
  }

  private Link link() {
    Link now = link;
    if (now != null && now.isOpen()) {
      return now;
    }
    connecting.lock();
    try {
      if (closed) {
        throw StoreException.closed();
      }
      now = link;
      if (now != null && now.isOpen()) {
        return now;
      }
      Link made = connect(endpoints.get(nextEndpoint));
      link = made;
      return made;
    } catch (GrpcException e) {
      nextEndpoint = (nextEndpoint + 1) % endpoints.size();
      throw e;
    } finally {
      connecting.unlock();
    }
  }

  private Link connect(Endpoint endpoint) {
    GrpcConnection connection;
    try {
      SslContext secured = endpoint.tls() ? tls : null;
      connection = GrpcConnection.open(endpoint, secured, loop, MAX_MESSAGE).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GrpcException known
          ? known
          : new GrpcException(GrpcException.UNAVAILABLE, String.valueOf(e.getCause()))
              .beforeSending();
    } catch (InterruptedException e) {
      throw interrupted(e).beforeSending();
    }
    try {
      return new Link(connection, user.isEmpty() ? "" : logIn(connection));
    } catch (GrpcException e) {
      connection.close();
      throw e.beforeSending();
    }
  }

  /** Without a permit: those who hold one may all wait for this. */
  private String logIn(GrpcConnection connection) {
    String[] parts = user.split(":", 2);
    byte[] asked = Messages.authenticate(parts[0], parts.length == 1 ? "" : parts[1]);
    return new String(Messages.token(answer(connection, "", Messages.AUTHENTICATE, asked)), UTF_8);
  }

  /** Gets another token in place of one that has ended, unless somebody has done so already. */
  private void renew(Link used, String ended) {
    connecting.lock();
    try {
      if (used.token().equals(ended)) {
        used.renew(logIn(used.connection()));
      }
    } catch (GrpcException e) {
      throw e.beforeSending();
    } finally {
      connecting.unlock();
    }
  }

  private void leave(Link used) {
    connecting.lock();
    try {
      if (link == used) {
        link = null;
        nextEndpoint = (nextEndpoint + 1) % endpoints.size();
      }
    } finally {
      connecting.unlock();
    }
    used.retire();
  }

  @Override
  public void close() {
    closed = true;
    Link used = link;
    if (used != null) {
      used.connection().close();
    }
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
