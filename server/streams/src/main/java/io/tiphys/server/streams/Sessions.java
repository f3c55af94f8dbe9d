package io.tiphys.server.streams;

import io.netty.channel.ChannelPipeline;
import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.UpgradeHandler;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How many exec, attach and port-forward sessions there are, and how many processes exec has
 * started that still run, with or without their client. Each holds threads and pipes.
 */
final class Sessions {
  /** As many as upstream lets requests be under way (--max-requests-inflight). */
  static final int MAX_SESSIONS = 400;

  /** Processes whose client has gone hold two threads each, a few hundred kilobytes. */
  static final int MAX_PROCESSES = 1000;

  /** Sessions are people's and scripts': a moment later one has ended. */
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Semaphore sessions;
  private final Semaphore processes;

  Sessions(int maxSessions, int maxProcesses) {
    sessions = new Semaphore(maxSessions);
    processes = new Semaphore(maxProcesses);
  }

  /**
   * Answers a request that may become a session, which then counts until its connection ends.
   *
   * @throws ApiFailure 429 at the limit
   */
  Response answer(Supplier<Response> request) {
    Runnable place =
        take(sessions, "too many exec, attach and port-forward sessions, please try again later");
    boolean upgraded = false;
    try {
      Response response = request.get();
      if (response instanceof Response.Upgrade(UpgradeHandler handler)) {
        upgraded = true;
        return new Response.Upgrade(new Counted(handler, place));
      }
      return response;
    } finally {
      if (!upgraded) {
        place.run();
      }
    }
  }

  /**
   * Starts what runs a process.
   *
   * @param start is given what is to be run once the process has ended
   * @throws ApiFailure 429 at the limit
   */
  <T> T process(Function<Runnable, T> start) {
    Runnable place =
        take(processes, "too many processes started by exec still run, please end some of them");
    boolean started = false;
    try {
      T result = start.apply(place);
      started = true;
      return result;
    } finally {
      if (!started) {
        place.run();
      }
    }
  }

  /** Takes a place; what gives it back works once. */
  private static Runnable take(Semaphore places, String full) {
    if (!places.tryAcquire()) {
      throw ApiFailure.tooManyRequests(full, RETRY_AFTER_SECONDS);
    }
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.compareAndSet(true, false)) {
        places.release();
      }
    };
  }

  /** A session that counts while its connection lasts. */
  private record Counted(UpgradeHandler session, Runnable over) implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return session.headers();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      pipeline.channel().closeFuture().addListener(_ -> over.run());
      session.takeOver(pipeline);
    }

    @Override
    public void abandoned() {
      over.run();
      session.abandoned();
    }
  }
}
