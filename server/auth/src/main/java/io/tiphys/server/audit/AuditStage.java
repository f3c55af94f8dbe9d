package io.tiphys.server.audit;

import io.netty.channel.ChannelPipeline;
import io.tiphys.api.ApiFailure;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.meta.GoText;
import io.tiphys.server.audit.AuditLog.Wanted;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import io.tiphys.server.http.UpgradeHandler;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event when a request comes and when it is answered, for those whose answer goes on for
 * long also when that begins. Checked against endpoints/filters/audit.go of apiserver/pkg.
 */
public final class AuditStage implements Stage {
  private static final int SWITCHING_PROTOCOLS = 101;

  /** Whom no rule for users fits. */
  private static final User NOBODY = new User("", "", List.of(), Map.of());

  private final AuditLog log;
  private final Clock clock;
  private final Loops loops;

  public AuditStage(AuditLog log, Clock clock, Loops loops) {
    this.log = log;
    this.clock = clock;
    this.loops = loops;
  }

  /** A log that waits for a disk or a network is not asked on an event loop. */
  @Override
  public boolean mayBlock(Request request) {
    return log.blocks();
  }

  /**
   * Stands first: who is turned away before he has a name is written down too; authn_audit.go and
   * request_deadline.go.
   */
  public Stage unauthenticated() {
    return (request, next) -> {
      try {
        return next.handle(request);
      } catch (ApiFailure failure) {
        Wanted wanted = log.wanted(request.withUser(NOBODY));
        if (wanted.anything()
            && !request.scope().audit().begun()
            && request.scope().audit().begin(clock.now(), wanted.level().detail())) {
          request.scope().audit().answered(() -> json(failure.status()));
          new Recorder(wanted, request, null).write(AuditEvent.Stage.STARTED, failure.status());
        }
        throw failure;
      }
    };
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    Wanted wanted = log.wanted(request);
    if (!wanted.anything()) {
      return next.handle(request);
    }
    Recorder events = new Recorder(wanted, request, request.user());
    if (request.scope().audit().begin(clock.now(), wanted.level().detail())
        && !events.write(AuditEvent.Stage.RECEIVED, null)) {
      return Answers.text(
          500,
          "Internal Server Error: %s: failed to store audit event\n"
              .formatted(GoText.quote(request.scope().target())));
    }
    try {
      return events.answered(next.handle(request));
    } catch (ApiFailure failure) {
      events.failed(failure);
      throw failure;
    } catch (MustWait again) {
      throw again;
    } catch (InterruptedException late) {
      events.failed(ApiFailure.timeout("request did not complete within the allotted timeout"));
      throw late;
    } catch (RuntimeException | Error broken) {
      events.write(AuditEvent.Stage.PANIC, panic(broken));
      throw broken;
    }
  }

  private static Status panic(Throwable broken) {
    return Status.builder()
        .status("Failure")
        .message("APIServer panic'd: " + broken)
        .reason("InternalError")
        .code(500)
        .build();
  }

  private static Status code(int code) {
    return Status.EMPTY.withCode(code);
  }

  private static byte[] json(Status status) {
    return ObjectCodec.toJson(Status.TYPE, status);
  }

  /** The events of one request. */
  private final class Recorder {
    private final Wanted wanted;
    private final Request request;
    private final @Nullable User user;

    Recorder(Wanted wanted, Request request, @Nullable User user) {
      this.wanted = wanted;
      this.request = request;
      this.user = user;
    }

    /** False when the event is lost and the request must not go on. */
    boolean write(AuditEvent.Stage stage, @Nullable Status status) {
      return wanted.omitStages().contains(stage)
          || log.record(List.of(AuditEvent.of(wanted, stage, request, user, status, clock.now())));
    }

    void failed(ApiFailure failure) {
      request.scope().audit().answered(() -> json(failure.status()));
      started(failure.status());
      write(AuditEvent.Stage.COMPLETE, failure.status());
    }

    private void started(Status status) {
      if (request.info().longRunning()) {
        write(AuditEvent.Stage.STARTED, status);
      }
    }

    Response answered(Response response) {
      return switch (response) {
        case Response.Full full -> {
          Status told = request.scope().audit().known().status();
          Status status = told == null ? code(full.status()) : told.withCode(full.status());
          started(status);
          write(AuditEvent.Stage.COMPLETE, status);
          yield full;
        }
        case Response.Streaming streaming -> {
          Status status = code(streaming.status());
          started(status);
          yield new Response.Streaming(
              streaming.status(),
              streaming.contentType(),
              completing(streaming, status),
              streaming.headers());
        }
        case Response.Upgrade upgrade -> {
          Status status = code(SWITCHING_PROTOCOLS);
          started(status);
          yield new Response.Upgrade(
              new Session(
                  upgrade.handler(),
                  new AtomicBoolean(true),
                  () -> aside(() -> write(AuditEvent.Stage.COMPLETE, status))));
        }
      };
    }

    private Response.Body completing(Response.Streaming streaming, Status status) {
      return sink -> {
        try {
          streaming.body().writeTo(sink);
        } finally {
          write(AuditEvent.Stage.COMPLETE, status);
        }
      };
    }
  }

  /** A connection ends on its event loop, where nothing may wait. */
  private void aside(Runnable write) {
    if (log.blocks()) {
      loops.task("audit", write);
    } else {
      write.run();
    }
  }

  /** A session that is over when its connection is. */
  private record Session(UpgradeHandler handler, AtomicBoolean open, Runnable over)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return handler.headers();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      pipeline.channel().closeFuture().addListener(_ -> end());
      handler.takeOver(pipeline);
    }

    private void end() {
      if (open.compareAndSet(true, false)) {
        over.run();
      }
    }

    @Override
    public void abandoned() {
      end();
      handler.abandoned();
    }
  }
}
