package io.tiphys.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final AnswerCache.Key KEY = new AnswerCache.Key("a.org", Data.A, 1, false);

  private final ManualClock clock = new ManualClock();
  private final AnswerCache cache = new AnswerCache(clock);

  private static byte[] message(int ttl, int code) {
    Query query = new Query(1, 0, "a.org", Data.A, 1, MessageWriter.question("a.org", Data.A), 0);
    var item = new Answer.Item("a.org", ttl, new Data.Address(InetAddress.ofLiteral("192.0.2.1")));
    return MessageWriter.forUdp(query, new Answer(code, List.of(item), List.of(), List.of()));
  }

  @Test
  void keepsAnAnswerForHalfAMinuteAtMostAndAgesIt() {
    cache.put(KEY, message(600, Answer.OK));
    clock.advance(Duration.ofSeconds(29));
    assertThat(cache.find(KEY)).map(Records::shortestTtl).contains(571);
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void keepsItNoLongerThanItSays() {
    cache.put(KEY, message(5, Answer.NO_SUCH_NAME));
    clock.advance(Duration.ofSeconds(4));
    assertThat(cache.find(KEY)).isPresent();
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void keepsNoFailuresAndNothingThatMustNotBeKept() {
    cache.put(KEY, message(60, Answer.SERVER_FAILURE));
    cache.put(KEY, message(0, Answer.OK));
    assertThat(cache.find(KEY)).isEmpty();
  }
}
