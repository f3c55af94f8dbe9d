package io.tiphys.server.audit;

import io.netty.channel.ChannelPipeline;
import io.tiphys.api.ApiFailure;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.Clock;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import io.tiphys.server.http.UpgradeHandler;
import io.tiphys.server.http.User;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event when a request comes and when it is answered, for those whose answer goes on for
 * long also when that begins: what upstream writes for the policy that has every request at level
 * Metadata. Checked against endpoints/filters/audit.go of apiserver/pkg.
 */
public final class AuditStage implements Stage {
  private static final int UNAUTHORIZED = 401;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final AuditLog log;
  private final Clock clock;

  public AuditStage(AuditLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Stands before authentication: who is turned away there is written down too. */
  public Stage unauthenticated() {
    return (request, next) -> {
      try {
        return next.handle(request);
      } catch (ApiFailure failure) {
        if (log.wanted()
            && failure.code() == UNAUTHORIZED
            && !request.scope().audit().begun()
            && request.scope().audit().begin(clock.now())) {
          write(AuditEvent.Stage.STARTED, request, null, failure.status());
        }
        throw failure;
      }
    };
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    if (!log.wanted()) {
      return next.handle(request);
    }
    if (request.scope().audit().begin(clock.now())) {
      write(AuditEvent.Stage.RECEIVED, request, request.user(), null);
    }
    try {
      return answered(request, next.handle(request));
    } catch (ApiFailure failure) {
      started(request, failure.status());
      write(AuditEvent.Stage.COMPLETE, request, request.user(), failure.status());
      throw failure;
    } catch (MustWait again) {
      throw again;
    } catch (RuntimeException broken) {
      write(AuditEvent.Stage.PANIC, request, request.user(), panic(broken));
      throw broken;
    }
  }

  private static Status panic(RuntimeException broken) {
    return Status.builder()
        .status("Failure")
        .message("APIServer panic'd: " + broken)
        .reason("InternalError")
        .code(500)
        .build();
  }

  private Response answered(Request request, Response response) {
    return switch (response) {
      case Response.Full full -> {
        Status told = request.scope().audit().known().status();
        Status status = told == null ? code(full.status()) : told.withCode(full.status());
        started(request, status);
        write(AuditEvent.Stage.COMPLETE, request, request.user(), status);
        yield full;
      }
      case Response.Streaming streaming -> {
        Status status = code(streaming.status());
        started(request, status);
        yield new Response.Streaming(
            streaming.status(),
            streaming.contentType(),
            completing(request, streaming, status),
            streaming.headers());
      }
      case Response.Upgrade upgrade -> {
        Status status = code(SWITCHING_PROTOCOLS);
        started(request, status);
        AtomicBoolean open = new AtomicBoolean(true);
        yield new Response.Upgrade(
            new Session(
                upgrade.handler(),
                () -> {
                  if (open.compareAndSet(true, false)) {
                    write(AuditEvent.Stage.COMPLETE, request, request.user(), status);
                  }
                }));
      }
    };
  }

  private Response.Body completing(Request request, Response.Streaming streaming, Status status) {
    return sink -> {
      try {
        streaming.body().writeTo(sink);
      } finally {
        write(AuditEvent.Stage.COMPLETE, request, request.user(), status);
      }
    };
  }

  private static Status code(int code) {
    return Status.EMPTY.withCode(code);
  }

  private void started(Request request, Status status) {
    if (request.info().longRunning()) {
      write(AuditEvent.Stage.STARTED, request, request.user(), status);
    }
  }

  private void write(
      AuditEvent.Stage stage, Request request, @Nullable User user, @Nullable Status status) {
    AuditEvent event =
        new AuditEvent(stage, request, user, status, request.scope().audit().known(), clock.now());
    log.record(event.toJson());
  }

  /** A session that is over when its connection is. */
  private record Session(UpgradeHandler handler, Runnable over) implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return handler.headers();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      pipeline.channel().closeFuture().addListener(_ -> over.run());
      handler.takeOver(pipeline);
    }

    @Override
    public void abandoned() {
      over.run();
      handler.abandoned();
    }
  }
}
