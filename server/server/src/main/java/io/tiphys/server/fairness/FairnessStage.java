package io.tiphys.server.fairness;

import io.tiphys.server.door.Answers;
import io.tiphys.server.door.Handler;
import io.tiphys.server.door.Request;
import io.tiphys.server.door.Response;
import io.tiphys.server.door.Stage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Limits how many requests are worked on at once; whoever finds no seat is asked to come again. A
 * watch or log holds its seat only until it begins to stream. Checked against upstream's
 * apiserver/pkg/server/filters/maxinflight.go.
 */
public final class FairnessStage implements Stage {
  /** Upstream's --max-requests-inflight and --max-mutating-requests-inflight. */
  private static final int READ_SEATS = 400;

  private static final int WRITE_SEATS = 200;

  private static final String RETRY_AFTER_SECONDS = "1";

  private final Semaphore readSeats;
  private final Semaphore writeSeats;

  public FairnessStage() {
    this(READ_SEATS, WRITE_SEATS);
  }

  FairnessStage(int readSeats, int writeSeats) {
    this.readSeats = new Semaphore(readSeats);
    this.writeSeats = new Semaphore(writeSeats);
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    Semaphore seats = request.info().readOnly() ? readSeats : writeSeats;
    if (!seats.tryAcquire()) {
      // The rooms of this house and its owner always get an answer, or nobody could repair it.
      return request.user().isMaster() ? next.handle(request) : tooMany();
    }
    try {
      return next.handle(request);
    } finally {
      seats.release();
    }
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
