package io.tiphys.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way. Whatever the handlers do (answer, fail, hang, break), exactly one answer
 * leaves.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class Exchange implements Runnable, RequestScope {
  private static final Logger LOG = System.getLogger(Exchange.class.getName());

  final Request request;
  final long startedNanos;
  final long timeoutNanos;
  private final Shared shared;
  private final Channel channel;
  private final IncomingBody body;
  private final ResponseWriter writer;
  private final String auditId;
  private final String target;
  private final AuditNotes audit = new AuditNotes();
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable Thread worker;
  private volatile boolean mayWait;

  /** The deadline passed: the worker, not the answer, is the last to let go. */
  private volatile boolean late;

  /** Guarded by this. */
  private @Nullable Runnable release;

  /**
   * @throws IllegalArgumentException when the address is not properly percent-encoded
   */
  Exchange(
      Shared shared,
      Channel channel,
      HttpRequest head,
      IncomingBody body,
      Peer peer,
      ResponseWriter writer) {
    this.shared = shared;
    this.channel = channel;
    this.body = body;
    this.writer = writer;
    this.auditId = writer.auditId();
    this.target = head.uri();
    this.startedNanos = shared.clock().nanoTime();
    this.request = RequestReader.read(head, body, peer, this);
    this.timeoutNanos = DeadlineStage.timeout(request).toNanos();
  }

  /** Answers on this thread when nothing on its way may block, else on a virtual one. */
  void start() {
    shared.metrics().started(request.info());
    if (body.whole() && !shared.handler().mayBlock(request) && answersAtOnce()) {
      return;
    }
    mayWait = true;
    shared.inFlight().add(this);
    work("request", this);
  }

  private boolean answersAtOnce() {
    Response response;
    try {
      response = handle();
    } catch (MustWait e) {
      return false;
    }
    mayWait = true;
    answered.set(true);
    if (writer.writesWithoutWaiting(response)) {
      count(response);
      writer.writeNow((Response.Full) response);
    } else {
      shared.inFlight().add(this);
      work("answer", () -> send(response));
    }
    return true;
  }

  private void work(String name, Runnable task) {
    Thread thread = Thread.ofVirtual().name(name).unstarted(task);
    worker = thread;
    thread.start();
  }

  @Override
  public void run() {
    Response response = handle();
    if (answered.compareAndSet(false, true)) {
      send(response);
    } else {
      discard(response);
      letGo();
    }
  }

  /** The pipeline itself; whatever goes wrong in it becomes an answer. */
  private Response handle() {
    try {
      return shared.handler().handle(request);
    } catch (ApiFailure failure) {
      return Answers.failure(request, failure);
    } catch (InterruptedException e) {
      return Answers.failure(request, timeout());
    } catch (MustWait e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      LOG.log(Level.ERROR, request.method() + " " + request.path() + " broke its handler", e);
      // In upstream's words; what broke is for the log, not for whoever asked.
      return Answers.failure(
          request,
          ApiFailure.internalError(
              "This request caused apiserver to panic. Look in the logs for details."));
    }
  }

  private void send(Response response) {
    // A deadline that fell in the same moment must not interrupt the sending.
    Thread.interrupted();
    boolean written = false;
    try {
      if (response instanceof Response.Full) {
        // Before it leaves: who has the answer finds it counted.
        count(response);
      } else {
        shared.inFlight().turnedLong(this);
        letGo();
      }
      writer.write(response);
      written = true;
    } catch (UncheckedIOException e) {
      LOG.log(Level.DEBUG, "client of {0} {1} has gone", request.method(), request.path());
    } catch (InterruptedException e) {
      // The client went away or the listener closes; nobody is left to tell.
      channel.close();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, request.method() + " " + request.path() + " broke in its body", e);
      channel.close();
    } finally {
      shared.inFlight().remove(this);
      if (!(response instanceof Response.Full)) {
        count(response);
      } else if (!written) {
        answerEnded();
      }
    }
  }

  private void count(Response response) {
    int code =
        switch (response) {
          case Response.Full full -> full.status();
          case Response.Streaming streaming -> streaming.status();
          case Response.Upgrade _ -> 101;
        };
    shared.metrics().finished(request, code, shared.clock().nanoTime() - startedNanos);
  }

  /** An answer that came after the deadline: what it holds open is let go. */
  private void discard(Response response) {
    LOG.log(Level.DEBUG, "late answer to {0} dropped: {1}", request.path(), response.getClass());
    try {
      switch (response) {
        case Response.Full _ -> {}
        case Response.Streaming streaming -> ClosedSink.drain(streaming.body());
        case Response.Upgrade upgrade -> upgrade.handler().abandoned();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The deadline passed: the client gets its answer, the worker an interrupt. */
  void overdue() {
    if (answered.compareAndSet(false, true)) {
      late = true;
      Thread thread = worker;
      if (thread != null) {
        thread.interrupt();
      }
      Response response = Answers.failure(request, timeout());
      Thread.ofVirtual().name("timeout").start(() -> send(response));
    }
  }

  /** The client has gone: a growing body has no reader. Ordinary work is finished regardless. */
  void clientGone() {
    body.cut();
    if (shared.inFlight().growing(this)) {
      abandon();
    }
  }

  /** The listener closes. */
  void abandon() {
    Thread thread = worker;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public boolean mayWait() {
    return mayWait;
  }

  @Override
  public String auditId() {
    return auditId;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public AuditNotes audit() {
    return audit;
  }

  @Override
  public synchronized void onAnswered(Runnable action) {
    Runnable before = release;
    release =
        before == null
            ? action
            : () -> {
              before.run();
              action.run();
            };
  }

  /** The answer has been written, or never will be. */
  void answerEnded() {
    if (!late) {
      letGo();
    }
  }

  private void letGo() {
    body.release();
    Runnable held;
    synchronized (this) {
      held = release;
      release = null;
    }
    if (held != null) {
      held.run();
    }
  }

  static ApiFailure timeout() {
    return ApiFailure.timeout("request did not complete within the allotted timeout");
  }

  /** What all exchanges of a listener share. */
  record Shared(
      Handler handler,
      InFlight inFlight,
      HttpMetrics metrics,
      Clock clock,
      AuditIds auditIds,
      DateHeader date,
      ByteBudget bodies,
      Sessions sessions) {}
}
