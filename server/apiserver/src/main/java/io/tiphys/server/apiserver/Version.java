package io.tiphys.server.apiserver;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonIndent;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /version}. */
final class Version implements Handler {
  private final byte[] body;

  /**
   * @param gitVersion such as {@code v1.36.0+tiphys}
   * @param architecture in Go's words
   */
  Version(String gitVersion, String architecture) {
    String[] numbers = gitVersion.substring(1).split("\\.", 3);
    Map<String, Json> info = new LinkedHashMap<>();
    info.put("major", new Json.Str(numbers[0]));
    info.put("minor", new Json.Str(numbers[1]));
    info.put("emulationMajor", new Json.Str(numbers[0]));
    info.put("emulationMinor", new Json.Str(numbers[1]));
    info.put("minCompatibilityMajor", new Json.Str(numbers[0]));
    info.put(
        "minCompatibilityMinor", new Json.Str(Integer.toString(Integer.parseInt(numbers[1]) - 1)));
    info.put("gitVersion", new Json.Str(gitVersion));
    info.put("gitCommit", new Json.Str(""));
    info.put("gitTreeState", new Json.Str("clean"));
    info.put("buildDate", new Json.Str("1970-01-01T00:00:00Z"));
    info.put("goVersion", new Json.Str(""));
    info.put("compiler", new Json.Str(""));
    info.put("platform", new Json.Str("linux/" + architecture));
    // Set out over lines for every client, as upstream's WriteRawJSON does.
    body = JsonIndent.of(new Json.Obj(info).toBytes());
  }

  @Override
  public boolean mayBlock(Request request) {
    return false;
  }

  @Override
  public Response handle(Request request) {
    return Response.Full.of(200, Answers.JSON, body);
  }
}
