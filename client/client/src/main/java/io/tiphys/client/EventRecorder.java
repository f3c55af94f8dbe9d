package io.tiphys.client;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.EventSource;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.GroupVersionKind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Says what a component did or could not do, as core/v1 Events beside the objects concerned. Never
 * blocks: events are written by a thread of its own, and dropped when too many wait. Checked
 * against client-go/tools/record/event.go.
 */
public final class EventRecorder implements Lifecycle {
  private static final Logger log = System.getLogger(EventRecorder.class.getName());

  /** As upstream: what may wait for a slow API before events are dropped. */
  private static final int MAX_QUEUED = 1000;

  /** As upstream: two minutes without an API, then the event is given up. */
  private static final int MAX_TRIES = 12;

  private static final Duration RETRY_DELAY = Duration.ofSeconds(10);

  private final Source source;
  private final Clock clock;
  private final RandomGenerator random;
  private final EventSource reporter;
  private final EventCorrelator correlator = new EventCorrelator();
  private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final AtomicLong lastStamp = new AtomicLong();
  private final Loops.Loop writer;

  /**
   * @param component who speaks, such as {@code replicaset-controller}
   * @param host the node it speaks from, or empty
   */
  public EventRecorder(
      Source source,
      Clock clock,
      RandomGenerator random,
      Loops loops,
      String component,
      String host) {
    this.source = source;
    this.clock = clock;
    this.random = random;
    this.reporter = new EventSource(component, host);
    this.writer = loops.start("events", "of " + component, this::writeAll);
  }

  /** Something went as it should. */
  public void normal(ApiObject about, String reason, String message) {
    record(reference(about), "Normal", reason, message);
  }

  /** Something did not. */
  public void warning(ApiObject about, String reason, String message) {
    record(reference(about), "Warning", reason, message);
  }

  /** Like {@link #normal(ApiObject, String, String)}, about a part of an object for example. */
  public void normal(ObjectReference about, String reason, String message) {
    record(about, "Normal", reason, message);
  }

  /** Like {@link #warning(ApiObject, String, String)}. */
  public void warning(ObjectReference about, String reason, String message) {
    record(about, "Warning", reason, message);
  }

  /** The reference by which events name {@code object}. */
  public static ObjectReference reference(ApiObject object) {
    GroupVersionKind gvk = object.type().gvk();
    return ObjectReference.builder()
        .kind(gvk.kind())
        .apiVersion(gvk.apiVersion())
        .namespace(object.namespace())
        .name(object.name())
        .uid(object.metadata().uid())
        .resourceVersion(object.metadata().resourceVersion())
        .build();
  }

  private void record(ObjectReference about, String type, String reason, String message) {
    Instant now = clock.now();
    Event event =
        Event.builder()
            .metadata(
                ObjectMeta.builder()
                    .name(about.name() + "." + Long.toHexString(stamp(now)))
                    .namespace(about.namespace().isEmpty() ? "default" : about.namespace())
                    .build())
            .involvedObject(about)
            .reason(reason)
            .message(message)
            .type_(type)
            .source(reporter)
            .reportingComponent(reporter.component())
            .reportingInstance(reporter.host())
            .firstTimestamp(now)
            .lastTimestamp(now)
            .count(1)
            .build();
    if (!queue.offer(event)) {
      log.log(Level.WARNING, "too many queued events, dropped: " + reason + " " + message);
    }
  }

  /** The time in nanoseconds, or a little more: no two events of this recorder share a stamp. */
  private long stamp(Instant now) {
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    return lastStamp.updateAndGet(last -> Math.max(last + 1, nanos));
  }

  private void writeAll() throws InterruptedException {
    while (true) {
      Event event = correlator.correlate(queue.take(), clock.now());
      if (event != null) {
        writeWithRetries(event);
      }
    }
  }

  private void writeWithRetries(Event event) throws InterruptedException {
    for (int attempt = 1; attempt <= MAX_TRIES; attempt++) {
      try {
        write(event);
        return;
      } catch (ApiFailure e) {
        // The API was reached and said no: it would again. A namespace that goes away is no news.
        boolean expected = e.isAlreadyExists() || e.hasCause("NamespaceTerminating");
        log.log(expected ? Level.DEBUG : Level.WARNING, "event rejected: " + e.getMessage());
        return;
      } catch (RuntimeException e) {
        log.log(Level.WARNING, "event not written, will be tried again", e);
      }
      // A random first delay keeps many recorders from coming back in step.
      double share = attempt == 1 ? random.nextDouble() : 1;
      clock.sleep(Duration.ofNanos((long) ((double) RETRY_DELAY.toNanos() * share)));
    }
  }

  private void write(Event event) {
    if (event.count() > 1) {
      try {
        source.patch(
            CoreV1.EVENTS,
            event.namespace(),
            event.name(),
            "",
            Source.Patch.strategic(next(event)));
        return;
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          throw e;
        }
        // It was removed after its hour: begin it anew.
      }
    }
    source.create(CoreV1.EVENTS, event);
  }

  private static Json next(Event event) {
    TreeWriter time = new TreeWriter();
    Instant last = event.lastTimestamp();
    time.writeTime(last == null ? Instant.EPOCH : last);
    return Json.Obj.builder()
        .put("count", event.count())
        .put("lastTimestamp", time.tree())
        .put("message", event.message())
        .build();
  }

  /** Stops writing; events that still wait are lost. */
  @Override
  public void close() {
    writer.close();
  }
}
