package io.tiphys.network.dns;

import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers from outside, for as long as they allow and half a minute at most. Thread-safe. */
final class AnswerCache {
  /** A few megabytes: the names that the pods of a node ask for again and again. */
  private static final int ENTRIES = 4096;

  /** CoreDNS's Corefile has {@code cache 30}. */
  private static final long LONGEST_SECONDS = 30;

  private final Clock clock;
  private final Map<Key, Kept> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
          return size() > ENTRIES;
        }
      };

  AnswerCache(Clock clock) {
    this.clock = clock;
  }

  /** What must be the same for an answer to fit. */
  record Key(String name, int type, int dnsClass, boolean edns) {
    static Key of(Query query) {
      return new Key(query.name(), query.type(), query.dnsClass(), query.edns());
    }
  }

  private record Kept(byte[] message, long since, long until) {}

  /** The message as it came, with its times to live reduced by its age. */
  synchronized Optional<byte[]> find(Key key) {
    Kept entry = entries.get(key);
    long now = clock.nanoTime();
    if (entry == null) {
      return Optional.empty();
    }
    if (now - entry.until >= 0) {
      entries.remove(key);
      return Optional.empty();
    }
    byte[] copy = entry.message.clone();
    int age = (int) Duration.ofNanos(now - entry.since).toSeconds();
    Records.eachTtl(copy, (at, ttl) -> Records.setTtl(copy, at, Math.max(0, ttl - age)));
    return Optional.of(copy);
  }

  synchronized void put(Key key, byte[] message) {
    long seconds = Math.min(LONGEST_SECONDS, Records.shortestTtl(message));
    int code = message[3] & 0xf;
    if (seconds > 0 && (code == Answer.OK || code == Answer.NO_SUCH_NAME)) {
      long now = clock.nanoTime();
      long until = now + Duration.ofSeconds(seconds).toNanos();
      entries.put(key, new Kept(message.clone(), now, until));
    }
  }
}
