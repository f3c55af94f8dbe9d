package io.tiphys.server.discovery;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What each parameter is and does, from a resource beside this class. Where one name means
 * different things to different operations, it is written behind theirs: {@code exec.stdin}.
 */
final class OpenApiParameters {
  static final List<String> LOG =
      List.of(
          "log.container",
          "log.follow",
          "log.insecureSkipTLSVerifyBackend",
          "log.limitBytes",
          "log.previous",
          "log.sinceSeconds",
          "log.stream",
          "log.tailLines",
          "log.timestamps");

  /** By subresource. */
  static final Map<String, List<String>> CONNECT =
      Map.of(
          "attach",
          List.of(
              "attach.container", "attach.stderr", "attach.stdin", "attach.stdout", "attach.tty"),
          "exec",
          List.of(
              "exec.command",
              "exec.container",
              "exec.stderr",
              "exec.stdin",
              "exec.stdout",
              "exec.tty"),
          "portforward",
          List.of("portforward.ports"));

  static final Comparator<String> BY_NAME = Comparator.comparing(OpenApiParameters::name);

  private final Json.Obj texts;

  private OpenApiParameters(Json.Obj texts) {
    this.texts = texts;
  }

  static OpenApiParameters read() {
    return new OpenApiParameters((Json.Obj) Json.parse(bytes()));
  }

  /** As they are written. */
  static byte[] bytes() {
    try (InputStream in = OpenApiParameters.class.getResourceAsStream("openapi-parameters.json")) {
      if (in == null) {
        throw new IllegalStateException("the parameters' descriptions are not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it stands in the path or query. */
  static String name(String parameter) {
    return parameter.substring(parameter.indexOf('.') + 1);
  }

  static boolean inPath(String parameter) {
    return parameter.equals("name") || parameter.equals("namespace");
  }

  String type(String parameter) {
    return text(parameter, "type");
  }

  /**
   * @param subject the kind of the object that the path names
   */
  String description(String parameter, String subject) {
    String description = text(parameter, "description");
    return parameter.equals("name") ? description + subject : description;
  }

  private String text(String parameter, String member) {
    if (texts.get(parameter) instanceof Json.Obj known
        && known.get(member) instanceof Json.Str(String value)) {
      return value;
    }
    throw new IllegalStateException("no " + member + " of the parameter " + parameter);
  }
}
