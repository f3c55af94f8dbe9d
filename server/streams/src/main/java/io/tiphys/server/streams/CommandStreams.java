package io.tiphys.server.streams;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of an exec or attach session, whatever carries it.
 *
 * @param statusAsJson version 4 and later: the outcome is a Status; before, an error's bare text
 */
record CommandStreams(Map<Kind, SubStream> subStreams, boolean statusAsJson, Runnable close) {

  /** What a lane is for; the names are the protocol's. */
  enum Kind {
    STDIN(0),
    STDOUT(1),
    STDERR(2),
    ERROR(3),
    RESIZE(4);

    private final int channel;

    Kind(int channel) {
      this.channel = channel;
    }

    /** Its number on a WebSocket. */
    int channel() {
      return channel;
    }

    /** Whether the client sends on it; what it sends on the others is dropped. */
    boolean fromClient() {
      return this == STDIN || this == RESIZE;
    }

    static @Nullable Kind of(@Nullable String streamType) {
      return switch (streamType) {
        case "stdin" -> STDIN;
        case "stdout" -> STDOUT;
        case "stderr" -> STDERR;
        case "error" -> ERROR;
        case "resize" -> RESIZE;
        case null, default -> null;
      };
    }
  }

  CommandStreams {
    subStreams = subStreams.isEmpty() ? Map.of() : new EnumMap<>(subStreams);
  }

  @Nullable SubStream subStream(Kind kind) {
    return subStreams.get(kind);
  }
}
