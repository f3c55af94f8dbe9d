package io.tiphys.node.engine.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.node.cri.CriException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many pulls from a registry that answers nobody until it is told to. */
@Timeout(240)
class ParallelPullsTest {
  private static final int PULLS = 4 * Images.PARALLEL_PULLS;

  private final AtomicInteger asking = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Semaphore arrived = new Semaphore(0);
  private final Semaphore answers = new Semaphore(0);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @TempDir private Path folder;
  private HttpServer registry;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.setExecutor(threads);
    registry.createContext("/v2/", this::serve);
    registry.start();
  }

  @AfterEach
  void stop() {
    answers.release(PULLS);
    registry.stop(0);
    threads.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    most.accumulateAndGet(asking.incrementAndGet(), Math::max);
    arrived.release();
    answers.acquireUninterruptibly();
    asking.decrementAndGet();
    exchange.sendResponseHeaders(404, -1);
    exchange.close();
  }

  @Test
  void someArePulledAtOnceAndTheRestWaitForThem() throws Exception {
    String host = "127.0.0.1:" + registry.getAddress().getPort();
    RegistryConfig config = new RegistryConfig(Set.of("http://" + host), null);
    Images images =
        new Images(folder, config, Machine.own(), new SystemClock(), new Random(1), false);
    List<Thread> pulls = new ArrayList<>();
    Queue<CriException.Code> ends = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < PULLS; i++) {
      String name = host + "/app" + i + ":v1";
      pulls.add(Thread.startVirtualThread(() -> ends.add(failure(images, name).code())));
    }
    // Not one after the other: so many ask while nobody has an answer.
    arrived.acquire(Images.PARALLEL_PULLS);
    while (!pulls.stream().allMatch(pull -> pull.getState() == Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
    answers.release(PULLS);
    for (Thread pull : pulls) {
      pull.join();
    }
    assertThat(ends).hasSize(PULLS).containsOnly(CriException.Code.NOT_FOUND);
    assertThat(most).hasValue(Images.PARALLEL_PULLS);
  }

  @Test
  void aPullThatFailsOrIsCalledOffGivesItsPlaceToTheNext() throws Exception {
    String host = "127.0.0.1:" + registry.getAddress().getPort();
    RegistryConfig config = new RegistryConfig(Set.of("http://" + host), null);
    Images images =
        new Images(folder, config, Machine.own(), new SystemClock(), new Random(1), false);
    List<Future<CriException>> first = new ArrayList<>();
    for (int i = 0; i < Images.PARALLEL_PULLS; i++) {
      String name = host + "/first" + i + ":v1";
      first.add(threads.submit(() -> failure(images, name)));
    }
    arrived.acquire(Images.PARALLEL_PULLS);
    Thread waiting = Thread.ofVirtual().unstarted(() -> failure(images, host + "/off:v1"));
    waiting.start();
    waiting.interrupt();
    waiting.join();
    answers.release(PULLS);
    for (Future<CriException> pull : first) {
      pull.get();
    }
    assertThat(failure(images, host + "/next:v1").code()).isEqualTo(CriException.Code.NOT_FOUND);
  }

  private static CriException failure(Images images, String name) {
    try {
      throw new AssertionError("pulled " + images.pull(name, null));
    } catch (CriException e) {
      return e;
    }
  }
}
