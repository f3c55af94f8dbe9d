package io.tiphys.server.fairness;

import io.tiphys.base.Clock;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Limits how many requests are worked on at once. A request keeps its seat until its answer has
 * been written; a watch or log, only until it begins to stream. Whoever finds no seat waits for
 * one, users in turn, and is asked to come again when that takes too long. Checked against
 * upstream's apiserver/pkg/server/filters/maxinflight.go and priority-and-fairness.go.
 */
public final class FairnessStage implements Stage {
  /** Upstream's --max-requests-inflight and --max-mutating-requests-inflight. */
  private static final int READ_SEATS = 400;

  private static final int WRITE_SEATS = 200;

  /** Each waits with its thread and its connection; more would not be served in time anyway. */
  private static final int MOST_WAITING = 4_000;

  /** Six queues of fifty: what upstream's priority level workload-low lets one flow have. */
  private static final int MOST_WAITING_PER_USER = 300;

  /** Upstream's queue wait: a quarter of the time a request may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final String RETRY_AFTER_SECONDS = "1";

  private final Seats readSeats;
  private final Seats writeSeats;
  private final Runnable readDone;
  private final Runnable writeDone;

  public FairnessStage(Clock clock) {
    this(
        new Seats(READ_SEATS, MOST_WAITING, MOST_WAITING_PER_USER, PATIENCE, clock),
        new Seats(WRITE_SEATS, MOST_WAITING, MOST_WAITING_PER_USER, PATIENCE, clock));
  }

  FairnessStage(Seats readSeats, Seats writeSeats) {
    this.readSeats = readSeats;
    this.writeSeats = writeSeats;
    readDone = readSeats::giveBack;
    writeDone = writeSeats::giveBack;
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    boolean read = request.info().readOnly();
    Seats seats = read ? readSeats : writeSeats;
    if (!seats.tryTake()) {
      // The components of this process and its owner always get an answer, or nobody could repair
      // it.
      if (request.user().isMaster()) {
        return next.handle(request);
      }
      MustWait.unlessMayWait(request);
      if (!seats.take(request.user().name())) {
        return tooMany();
      }
    }
    Response response;
    try {
      response = next.handle(request);
    } catch (Throwable failure) {
      seats.giveBack();
      throw failure;
    }
    request.scope().onAnswered(read ? readDone : writeDone);
    return response;
  }

  private static Response tooMany() {
    Response.Full text = Answers.text(429, "Too many requests, please try again later.\n");
    return new Response.Full(
        text.status(),
        text.contentType(),
        List.copyOf(text.body()),
        Map.of("Retry-After", RETRY_AFTER_SECONDS));
  }
}
