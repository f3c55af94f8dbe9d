package io.tiphys.server.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Requests;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestScope;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class FairnessStageTest {
  private static final User ANN = new User("ann", "", List.of(), Map.of());
  private static final User BOB = new User("bob", "", List.of(), Map.of());
  private static final User MASTER = new User("root", "", List.of(User.MASTERS), Map.of());
  private static final Handler OK = _ -> Answers.text(200, "inner");
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final ManualClock clock = new ManualClock();
  private final Seats reads = new Seats(1, 3, 2, PATIENCE, clock);
  private final Seats writes = new Seats(1, 0, 0, PATIENCE, clock);
  private final FairnessStage stage = new FairnessStage(reads, writes);
  private final List<Runnable> unwritten = new ArrayList<>();

  /** A request whose answer is written when the test says so. */
  private final class Slow implements RequestScope {
    private final boolean mayWait;

    Slow(boolean mayWait) {
      this.mayWait = mayWait;
    }

    @Override
    public boolean mayWait() {
      return mayWait;
    }

    @Override
    public String auditId() {
      return "";
    }

    @Override
    public String target() {
      return "";
    }

    @Override
    public AuditNotes audit() {
      return new AuditNotes();
    }

    @Override
    public void onAnswered(Runnable release) {
      unwritten.add(release);
    }
  }

  private Request slow(User user, boolean mayWait) {
    Request plain = Requests.of("GET", "/api/v1/pods", user);
    return new Request(
        plain.method(),
        plain.path(),
        plain.query(),
        plain.headers(),
        plain.content(),
        plain.info(),
        user,
        plain.peer(),
        new Slow(mayWait));
  }

  private int send(String method, User user) throws InterruptedException {
    return ((Response.Full) stage.pass(Requests.of(method, "/api/v1/pods", user), OK)).status();
  }

  private void takeTheOnlySeat() throws InterruptedException {
    stage.pass(slow(ANN, true), OK);
  }

  /** Sends a request that has to wait, and waits until it does. */
  private void queue(User user, BlockingQueue<String> answered) throws InterruptedException {
    int before = reads.waiting();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Response response = stage.pass(slow(user, true), OK);
                answered.add(user.name() + ((Response.Full) response).status());
              } catch (InterruptedException e) {
                answered.add("interrupted");
              }
            });
    while (reads.waiting() == before) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aSeatIsKeptUntilTheAnswerIsWritten() throws Exception {
    takeTheOnlySeat();

    BlockingQueue<String> answered = new LinkedBlockingQueue<>();
    queue(BOB, answered);
    assertThat(answered).isEmpty();
    unwritten.removeFirst().run();
    assertThat(answered.take()).isEqualTo("bob200");
  }

  @Test
  void whoFindsNoSeatAndNoPlaceInTheQueueComesAgain() throws Exception {
    Handler outer =
        _ -> {
          Response second = stage.pass(Requests.of("POST", "/api/v1/pods", ANN), OK);
          assertThat(((Response.Full) second).status()).isEqualTo(429);
          assertThat(((Response.Full) second).headers()).containsEntry("Retry-After", "1");
          assertThat(send("POST", MASTER)).isEqualTo(200);
          assertThat(send("GET", ANN)).isEqualTo(200);
          return Answers.text(200, "outer");
        };

    Response first = stage.pass(Requests.of("POST", "/api/v1/pods", ANN), outer);
    assertThat(((Response.Full) first).status()).isEqualTo(200);
  }

  @Test
  void usersGetSeatsInTurnHoweverManyRequestsOneHas() throws Exception {
    takeTheOnlySeat();
    BlockingQueue<String> answered = new LinkedBlockingQueue<>();
    queue(ANN, answered);
    queue(ANN, answered);
    queue(BOB, answered);

    assertThat(send("GET", ANN)).as("the third of one user").isEqualTo(429);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      unwritten.removeFirst().run();
      order.add(answered.take());
    }
    assertThat(order).containsExactly("ann200", "bob200", "ann200");
  }

  @Test
  void whoWaitsTooLongComesAgain() throws Exception {
    takeTheOnlySeat();
    BlockingQueue<String> answered = new LinkedBlockingQueue<>();
    queue(BOB, answered);

    clock.advance(PATIENCE);
    assertThat(answered.take()).isEqualTo("bob429");
    assertThat(reads.waiting()).isZero();
    unwritten.removeFirst().run();
    assertThat(send("GET", BOB)).isEqualTo(200);
  }

  @Test
  void nobodyWaitsOnAnEventLoop() throws Exception {
    takeTheOnlySeat();

    assertThatThrownBy(() -> stage.pass(slow(BOB, false), OK)).isInstanceOf(MustWait.class);
    unwritten.removeFirst().run();
    assertThat(send("GET", BOB)).isEqualTo(200);
  }

  @Test
  void aWatchGivesItsSeatBackWhenItStreams() throws Exception {
    Handler watch = _ -> new Response.Streaming(200, "text/plain", _ -> {});

    for (int i = 0; i < 3; i++) {
      assertThat(stage.pass(Requests.of("GET", "/api/v1/watch/pods", ANN), watch))
          .isInstanceOf(Response.Streaming.class);
    }
  }

  @Test
  void aFailureGivesItsSeatBack() throws Exception {
    Handler broken =
        _ -> {
          throw new IllegalStateException("broken");
        };

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> stage.pass(Requests.of("GET", "/api/v1/pods", ANN), broken))
          .hasMessage("broken");
    }
  }
}
