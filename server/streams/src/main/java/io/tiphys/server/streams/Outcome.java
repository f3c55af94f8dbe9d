package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.server.http.Answers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a session ended, as its error stream says it.
 *
 * @param json a Status
 * @param text for versions before 4; empty for success
 */
record Outcome(byte[] json, byte[] text) {
  static final Outcome SUCCESS =
      new Outcome(write(Map.of("status", new Json.Str("Success"))), new byte[0]);

  static Outcome of(ApiFailure failure) {
    return new Outcome(
        Answers.statusJson(failure), String.valueOf(failure.getMessage()).getBytes(UTF_8));
  }

  /** The process ended with a code other than 0. */
  static Outcome exited(int code) {
    String message =
        "command terminated with non-zero exit code: command terminated with exit code " + code;
    Json cause =
        new Json.Obj(
            ordered(
                "reason",
                new Json.Str("ExitCode"),
                "message",
                new Json.Str(Integer.toString(code))));
    Map<String, Json> status =
        ordered("status", new Json.Str("Failure"), "message", new Json.Str(message));
    status.put("reason", new Json.Str("NonZeroExitCode"));
    status.put("details", new Json.Obj(Map.of("causes", new Json.Arr(List.of(cause)))));
    return new Outcome(write(status), message.getBytes(UTF_8));
  }

  private static Map<String, Json> ordered(String first, Json one, String second, Json two) {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put(first, one);
    members.put(second, two);
    return members;
  }

  private static byte[] write(Map<String, Json> members) {
    Map<String, Json> status = new LinkedHashMap<>();
    status.put("metadata", Json.Obj.EMPTY);
    status.putAll(members);
    JsonWriter out = new JsonWriter();
    out.writeTree(new Json.Obj(status));
    return out.toByteArray();
  }
}
