package io.tiphys.server.door;

import io.netty.channel.Channel;
import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request on its walk. Whatever the rooms do (answer, fail, hang, break), exactly one answer
 * leaves.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class Exchange implements Runnable {
  private static final Logger LOG = System.getLogger(Exchange.class.getName());

  final Request request;
  final long startedNanos;
  final long timeoutNanos;
  private final Door door;
  private final Channel channel;
  private final ResponseWriter writer;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable Thread worker;

  Exchange(Door door, Channel channel, Request request, long timeoutNanos, ResponseWriter writer) {
    this.door = door;
    this.channel = channel;
    this.request = request;
    this.writer = writer;
    this.startedNanos = door.clock().nanoTime();
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * How long an ordinary request may take: its {@code timeout} parameter or a minute, whichever is
   * shorter.
   *
   * @throws IllegalArgumentException in the words of Go's time.ParseDuration
   */
  static long timeoutNanos(Request request) {
    String wanted = request.parameter("timeout");
    long most = Limits.REQUEST_TIMEOUT.toNanos();
    if (wanted == null || wanted.isEmpty() || request.info().longRunning()) {
      return most;
    }
    long nanos = GoDuration.parse(wanted).toNanos();
    return nanos > 0 && nanos < most ? nanos : most;
  }

  /** Answers on this thread when nothing on the walk may block, else on a virtual one. */
  void start() {
    door.metrics().started(request.info());
    if (door.handler().mayBlock(request)) {
      door.inFlight().add(this);
      work("request", this);
      return;
    }
    Response response = handle();
    answered.set(true);
    if (writer.writesWithoutWaiting(response)) {
      count(response);
      writer.writeNow((Response.Full) response);
    } else {
      door.inFlight().add(this);
      work("answer", () -> send(response));
    }
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
    }
  }

  /** The walk itself; whatever goes wrong in it becomes an answer. */
  private Response handle() {
    try {
      return door.handler().handle(request);
    } catch (ApiFailure failure) {
      return Answers.failure(failure);
    } catch (InterruptedException e) {
      return Answers.failure(timeout());
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      LOG.log(Level.ERROR, request.method() + " " + request.path() + " broke its handler", e);
      // In upstream's words; what broke is for the log, not for whoever asked.
      return Answers.failure(
          ApiFailure.internalError(
              "This request caused apiserver to panic. Look in the logs for details."));
    }
  }

  private void send(Response response) {
    // A deadline that fell in the same moment must not interrupt the sending.
    Thread.interrupted();
    try {
      if (response instanceof Response.Streaming) {
        door.inFlight().turnedLong(this);
      } else {
        // Before it leaves: who has the answer finds it counted.
        count(response);
      }
      writer.write(response);
    } catch (UncheckedIOException e) {
      LOG.log(Level.DEBUG, "client of {0} {1} has gone", request.method(), request.path());
    } catch (InterruptedException e) {
      // The client went away or the door closes; nobody is left to tell.
      channel.close();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, request.method() + " " + request.path() + " broke in its body", e);
      channel.close();
    } finally {
      door.inFlight().remove(this);
      if (response instanceof Response.Streaming) {
        count(response);
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
    door.metrics().finished(request, code, door.clock().nanoTime() - startedNanos);
  }

  /** An answer that came after the deadline: what it holds open is let go. */
  private void discard(Response response) {
    LOG.log(Level.DEBUG, "late answer to {0} dropped: {1}", request.path(), response.getClass());
    if (response instanceof Response.Upgrade(UpgradeHandler handler)) {
      handler.abandoned();
    }
    if (response instanceof Response.Streaming streaming) {
      try {
        streaming.body().writeTo(ClosedSink.INSTANCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "late body of {0} let go", request.path());
      }
    }
  }

  /** The deadline passed: the client gets its answer, the worker an interrupt. */
  void overdue() {
    if (answered.compareAndSet(false, true)) {
      Thread thread = worker;
      if (thread != null) {
        thread.interrupt();
      }
      Response response = Answers.failure(timeout());
      Thread.ofVirtual().name("timeout").start(() -> send(response));
    }
  }

  /** The client has gone: a growing body has no reader. Ordinary work is finished regardless. */
  void clientGone() {
    if (door.inFlight().growing(this)) {
      abandon();
    }
  }

  /** The door closes. */
  void abandon() {
    Thread thread = worker;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private static ApiFailure timeout() {
    return ApiFailure.timeout("request did not complete within the allotted timeout");
  }

  /** A client that has gone. */
  private enum ClosedSink implements Response.Sink {
    INSTANCE;

    @Override
    public void write(List<byte[]> pieces) {
      throw Outflow.clientGone();
    }

    @Override
    public void onClose(Runnable action) {
      action.run();
    }
  }

  /** What all exchanges of a listener share. */
  record Door(Handler handler, InFlight inFlight, DoorMetrics metrics, Clock clock) {}
}
