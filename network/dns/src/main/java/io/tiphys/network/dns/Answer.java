package io.tiphys.network.dns;

import java.util.List;

/**
 * What the zone says to a question.
 *
 * @param code one of the response codes
 * @param authority the start of authority where the answer is "no"
 */
record Answer(int code, List<Item> answers, List<Item> authority, List<Item> additional) {
  static final int OK = 0;
  static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int NOT_IMPLEMENTED = 4;
  static final int REFUSED = 5;

  /** What every asker takes over UDP. */
  static final int SMALLEST_PAYLOAD = 512;

  Answer {
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
  }

  /** A record. */
  record Item(String name, int ttl, Data data) {}

  static Answer error(int code) {
    return new Answer(code, List.of(), List.of(), List.of());
  }

  static Answer of(List<Item> answers, List<Item> additional) {
    return new Answer(OK, answers, List.of(), additional);
  }
}
